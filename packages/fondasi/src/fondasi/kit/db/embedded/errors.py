"""The one error that the embedded server raises."""

from fondasi.settings import StartError


class EmbeddedServerError(StartError):
    """The embedded PostgreSQL cannot start, be reached or be stopped; the message says what to do next."""
