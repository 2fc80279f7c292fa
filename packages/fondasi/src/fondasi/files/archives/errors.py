"""What can go wrong with archives."""

from fondasi.kit.http import Conflict, Problem
from fondasi.kit.i18n import tn


class ExportNotReady(Conflict):
    """The archive is still being built, or its building failed."""

    code, title = "EXPORT_NOT_READY", "Not ready"

    def __init__(self) -> None:
        super().__init__("The archive is not ready. GET it without `/file` for its status.")


class TooManyExports(Problem):
    """The user has asked for as many archives as one may in a day."""

    status, code, title = 429, "TOO_MANY_EXPORTS", "Too many archives"

    def __init__(self, most: int) -> None:
        super().__init__(
            tn(
                "You have asked for {most} archive in a day, which is the most. Ask again tomorrow.",
                "You have asked for {most} archives in a day, which is the most. Ask again tomorrow.",
                most,
                most=most,
            ),
            headers={"Retry-After": "3600"},
        )
