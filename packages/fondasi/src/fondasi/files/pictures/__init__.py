"""Pictures as they come: their pixels are bounded before anything decodes them, and only the picture is kept.

Each format is walked through by its structure, in pieces, and nothing is decoded: what shows the picture passes byte
for byte; where it was taken, by whom and with what, comments, and whatever hides beside or behind it do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files.pictures.gif import gif
from fondasi.files.pictures.jpeg import jpeg
from fondasi.files.pictures.png import png
from fondasi.files.pictures.reader import InvalidPictureError, PictureTooLargeError, Reader
from fondasi.files.pictures.webp import webp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["PICTURES", "InvalidPictureError", "PictureTooLargeError", "cleaned"]

PICTURES = {"image/png": png, "image/jpeg": jpeg, "image/gif": gif, "image/webp": webp}


def cleaned(media_type: str, content: AsyncIterator[bytes], most_pixels: int) -> AsyncIterator[bytes]:
    """The picture without what is not of the picture.

    Args:
        media_type: one of `PICTURES`.
        content: its bytes.
        most_pixels: width times height.

    Raises:
        InvalidPictureError: it is damaged, or something else.
        PictureTooLargeError: it has more pixels.
    """
    return PICTURES[media_type](Reader(content, most_pixels))
