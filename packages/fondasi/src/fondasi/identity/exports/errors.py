"""What can go wrong with archives."""

from fondasi.kit.http import Conflict


class ExportNotReady(Conflict):
    """The archive is still being built, or its building failed."""

    code, title = "EXPORT_NOT_READY", "Not ready"

    def __init__(self) -> None:
        super().__init__("The archive is not ready. GET it without `/file` for its status.")


class ArchiveTooLargeError(Exception):
    """More is kept about the user than `EXPORT_LIMIT` lets into an archive."""
