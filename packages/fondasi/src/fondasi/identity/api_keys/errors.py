"""What can go wrong with API keys."""

from fondasi.kit.http import Conflict
from fondasi.kit.i18n import tn


class TooManyApiKeys(Conflict):
    """The user has as many as they may have."""

    code, title = "TOO_MANY_API_KEYS", "Too many API keys"

    def __init__(self, limit: int) -> None:
        super().__init__(
            tn(
                "You have {limit} API key already. Revoke it first.",
                "You have {limit} API keys already. Revoke one first.",
                limit,
                limit=limit,
            )
        )
