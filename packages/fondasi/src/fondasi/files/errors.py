"""What can go wrong with files."""

from collections.abc import Iterable

from fondasi.kit.http import Conflict, FieldError, InvalidInput, NotFound, Problem, TooLarge, Unavailable
from fondasi.kit.i18n import t


class FileNotThere(NotFound):
    """There is no such file, or it is not for the caller to see."""

    code = "FILE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such file.")


class LinkEnded(NotFound):
    """The link was not made here, has ended, or its file is deleted."""

    code, title = "LINK_ENDED", "The link has ended"

    def __init__(self) -> None:
        super().__init__("The link has ended. Read the file again for a new one.")


class FileTooLarge(TooLarge):
    """The file is larger than the service takes."""

    code, title = "FILE_TOO_LARGE", "File too large"

    def __init__(self, limit: int) -> None:
        super().__init__(t("The file is larger than {limit} bytes. Send a smaller one.", limit=f"{limit:,}"))


class QuotaUsedUp(TooLarge):
    """The caller's files would be larger together than their tier lets them be."""

    code, title = "STORAGE_QUOTA_USED_UP", "No room left"

    def __init__(self, limit: int) -> None:
        super().__init__(
            t(
                "Your files may have {limit} bytes together. Delete some first, or ask for another tier.",
                limit=f"{limit:,}",
            )
        )


class TooManyUploads(Problem):
    """The caller sends as many files already as they may at the same time."""

    status, code, title = 429, "TOO_MANY_UPLOADS", "Too many uploads"

    def __init__(self) -> None:
        super().__init__(
            "You are sending several files already. Wait until one of them is there.",
            headers={"Retry-After": "10"},
        )


class FileTypeRefused(Problem):
    """The content is of a type that the service does not take, whatever its name says."""

    status, code, title = 415, "FILE_TYPE_REFUSED", "Type not taken"

    def __init__(self, endings: Iterable[str] | None) -> None:
        """Say what is taken.

        Args:
            endings: of the names of such files; None where the file is text that only needs another encoding.
        """
        super().__init__(
            "This is text in another encoding than UTF-8. Save it as UTF-8 (in Excel: CSV UTF-8) and send it again."
            if endings is None
            else t(
                "Files of this type are not taken. Send one of these: {endings}.", endings=", ".join(endings)
            )
        )


class AddressUnusable(InvalidInput):
    """Nothing can be fetched from the address."""

    def __init__(self, reason: str) -> None:
        message = f"body.url: {reason}"
        super().__init__(
            message, field_errors=[FieldError(field="body.url", message=reason, code="unusable")]
        )


class PictureInvalid(Problem):
    """The content begins as a picture does, and is none, or half of one."""

    status, code, title = 422, "PICTURE_INVALID", "Not a valid picture"

    def __init__(self) -> None:
        super().__init__("The picture is damaged. Save it again with a program that shows it, and send that.")


class PictureTooLarge(TooLarge):
    """The picture has more pixels than the service takes, however few bytes it has."""

    code, title = "PICTURE_TOO_LARGE", "Picture too large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            t("The picture has more than {limit} pixels. Send a smaller one.", limit=f"{limit:,}")
        )


class FileInfected(Problem):
    """The antivirus found something in the file; nothing was kept."""

    status, code, title = 422, "FILE_INFECTED", "Virus found"

    def __init__(self) -> None:
        super().__init__("The antivirus found something in the file. Nothing was kept; look at your device.")


class AntivirusUnavailable(Unavailable):
    """The antivirus does not say whether the file is clean, so it is not taken."""

    code, title = "ANTIVIRUS_UNAVAILABLE", "Antivirus unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The file cannot be looked at for viruses now. Nothing was kept; try again shortly.",
            retry_after=30,
        )


class FileInUse(Conflict):
    """Something refers to the file."""

    code, title = "FILE_IN_USE", "File in use"

    def __init__(self) -> None:
        super().__init__("The file is in use. Take it out there first.")


class StorageUnavailable(Unavailable):
    """The storage refuses, is full, or does not answer; nothing was kept."""

    code, title = "STORAGE_UNAVAILABLE", "Storage unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The storage cannot be used now. Nothing was kept; try again shortly.", retry_after=30
        )


class RangeNotThere(Problem):
    """The file is shorter than the range that is asked for."""

    status, code, title = 416, "RANGE_NOT_SATISFIABLE", "Range not there"

    def __init__(self, size: int) -> None:
        super().__init__(
            "The file is shorter. Ask for a range inside it.", headers={"Content-Range": f"bytes */{size}"}
        )
