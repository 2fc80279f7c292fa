"""JPEG (ITU-T T.81): segments that begin with a marker, and the compressed picture between some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fondasi.files.pictures.reader import InvalidPictureError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.pictures.reader import Reader

MOST_FILLS = 1024  # that a marker may begin with
FILL, EOI, SOS = 0xFF, 0xD9, 0xDA
LENGTH = 2  # bytes that say how long a segment is, themselves included
SHORTEST_FRAME = 6
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
TABLES = frozenset(
    {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
)  # Huffman, arithmetic, quantisation, restarts, ...
INSIDE = frozenset({0x00, *range(0xD0, 0xD8)})  # behind an FF in the compressed picture: an FF, and restarts
ORIENTATION = 0x0112
SHORT = 3
TURNED = range(2, 9)
LONGEST_JFIF, LONGEST_ADOBE = 14, 12  # bytes
EXIF = b"Exif\0\0"
MOST_ENTRIES = 512


async def jpeg(reader: Reader) -> AsyncIterator[bytes]:
    """The picture alone, and how it is turned; see `fondasi.files.pictures`."""
    yield await reader.take(2)
    turned = frame = scan = False
    while (marker := await _marker(reader)) != EOI:
        reader.part()
        content = await _content(reader)
        if marker in FRAMES:
            _check(reader, content)
            frame = True
        elif marker == APP1 and not turned and (orientation := _orientation(content)) in TURNED:
            turned, content = True, _exif(orientation)
        elif marker == APP0 and content.startswith(b"JFIF\0") and len(content) >= LONGEST_JFIF:
            content = content[: LONGEST_JFIF - 2] + b"\0\0"  # without a preview, and what hides as one
        elif marker == APP14 and content.startswith(b"Adobe"):
            content = content[:LONGEST_ADOBE]
        elif not _is_shown(marker, content):
            continue
        yield bytes([FILL, marker]) + (len(content) + LENGTH).to_bytes(LENGTH) + content
        if marker == SOS:
            scan = True
            async for piece in _compressed(reader):
                yield piece
    if not (frame and scan):
        raise InvalidPictureError
    yield bytes([FILL, EOI])
    await reader.drain()


async def _content(reader: Reader) -> bytes:
    size = int.from_bytes(await reader.take(LENGTH))
    if size < LENGTH:
        raise InvalidPictureError
    return await reader.take(size - LENGTH)


def _check(reader: Reader, frame: bytes) -> None:
    if len(frame) < SHORTEST_FRAME:
        raise InvalidPictureError
    reader.check(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]))


async def _marker(reader: Reader) -> int:
    if await reader.take(1) != b"\xff":
        raise InvalidPictureError
    for _ in range(MOST_FILLS):
        if (code := (await reader.take(1))[0]) != FILL:
            return code
    raise InvalidPictureError


def _is_shown(marker: int, content: bytes) -> bool:
    if marker in TABLES or marker == SOS:
        return True
    return marker == APP2 and content.startswith(b"ICC_PROFILE\0")


async def _compressed(reader: Reader) -> AsyncIterator[bytes]:
    """The bytes up to the next marker."""
    last = b""
    while more := await reader.some():
        piece, last = last + more, b""
        at = piece.find(b"\xff")
        while at >= 0 and at + 1 < len(piece) and piece[at + 1] in INSIDE:
            at = piece.find(b"\xff", at + 2)
        if at < 0:
            yield piece
        elif at + 1 < len(piece):
            yield piece[:at]
            reader.put_back(piece[at:])
            return
        else:  # what follows the last byte says what it is
            yield piece[:at]
            last = piece[at:]
    raise InvalidPictureError


def _orientation(content: bytes) -> int:
    """How the picture is turned, as its camera says (Exif 2.32, 4.6.4); 0 where it does not."""
    tiff = content[len(EXIF) :]
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    if not content.startswith(EXIF) or tiff[:2] not in {b"II", b"MM"}:
        return 0
    start = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[start : start + 2], order)
    for number in range(min(count, MOST_ENTRIES)):
        at = start + 2 + 12 * number
        entry = tiff[at : at + 12]
        if int.from_bytes(entry[:2], order) == ORIENTATION and int.from_bytes(entry[2:4], order) == SHORT:
            return int.from_bytes(entry[8:10], order)
    return 0


def _exif(orientation: int) -> bytes:
    entry = ORIENTATION.to_bytes(2) + SHORT.to_bytes(2) + (1).to_bytes(4) + orientation.to_bytes(2) + b"\0\0"
    return EXIF + b"MM\0*" + (8).to_bytes(4) + (1).to_bytes(2) + entry + bytes(4)
