"""What can go wrong with webhooks."""

from fondasi.kit.http import Conflict, NotFound, Problem
from fondasi.kit.i18n import t


class WebhookNotThere(NotFound):
    """There is no such webhook, or it is another tenant's: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(t("There is no such webhook."))


class DeliveryNotThere(NotFound):
    """The webhook has no such delivery."""

    def __init__(self) -> None:
        super().__init__(t("There is no such delivery."))


class TooManyWebhooks(Conflict):
    """There are as many as there may be."""

    code, title = "TOO_MANY_WEBHOOKS", "Too many webhooks"

    def __init__(self, limit: int) -> None:
        super().__init__(t("There are {limit} webhooks already. Delete one first.", limit=limit))


class SentTooOften(Problem):
    """A webhook was tried by hand as often as it may be in an hour."""

    status, code, title = 429, "SENT_TOO_OFTEN", "Sent too often by hand"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            t("This webhook was sent by hand often enough for an hour. Try again later."),
            headers={"Retry-After": str(seconds)},
        )
