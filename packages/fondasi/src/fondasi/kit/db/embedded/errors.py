"""The one error that the embedded server raises."""


class EmbeddedServerError(RuntimeError):
    """The embedded PostgreSQL cannot start, be reached or be stopped; the message says what to do next."""
