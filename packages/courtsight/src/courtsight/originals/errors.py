"""What can go wrong with the PDF of a decision."""

from fondasi.kit.http import NotFound, Problem, Unavailable


class OriginalNotKept(NotFound):
    """The decision was not read from a PDF, or its PDF was not kept."""

    code, title = "ORIGINAL_NOT_KEPT", "No original"

    def __init__(self) -> None:
        super().__init__("No PDF of this decision was kept.")


class PageNotThere(NotFound):
    """The PDF has no page with that number."""

    code, title = "PAGE_NOT_FOUND", "Page not found"

    def __init__(self) -> None:
        super().__init__("The PDF has no page with this number.")


class PageNotShown(Problem):
    """The page cannot be shown as a picture: its PDF is damaged, too large, or asks for too much memory or time."""

    status, code, title = 422, "PAGE_NOT_SHOWN", "Page not shown"

    def __init__(self) -> None:
        super().__init__("This page cannot be shown as a picture. Save the PDF and open it on your device.")


class PagesBusy(Unavailable):
    """Too many pages are being shown to others at this moment."""

    code, title = "PAGES_BUSY", "Too many pages at once"

    def __init__(self) -> None:
        super().__init__("Many pages are being shown right now. Try again in a few seconds.", retry_after=3)
