"""What can go wrong with messages."""

from fondasi.kit.http import Unavailable


class ChannelNotConfigured(Unavailable):
    """The service has nothing to send with on that channel."""

    code, title = "CHANNEL_NOT_CONFIGURED", "This channel is not set up"


class UndeliverableError(Exception):
    """The other side refused the message for good: trying again would not help."""
