"""What can go wrong with messages."""

from fondasi.kit.http import Unavailable


class ChannelNotConfigured(Unavailable):
    """The service has nothing to send with on that channel."""

    code, title = "CHANNEL_NOT_CONFIGURED", "This channel is not set up"


class UndeliverableError(Exception):
    """The other side refused the message for good: trying again would not help."""


class SilentError(Exception):
    """The other side did not answer a moment ago, and is not asked again yet."""

    def __init__(self) -> None:
        super().__init__("nobody answered a moment ago; it is tried again later")
