"""What can go wrong in CourtSight."""

from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t


class DecisionNotFound(NotFound):
    """There is no decision with that id."""

    code, title = "DECISION_NOT_FOUND", "Decision not found"

    def __init__(self) -> None:
        super().__init__(t("There is no such decision."))
