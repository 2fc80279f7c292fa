"""WebP (RFC 9649): a RIFF file. Its first bytes say how long it is, so what goes is made empty and not shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files.pictures.reader import InvalidPictureError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.pictures.reader import Reader

FRAME, FRAME_HEAD = b"ANMF", 16
IMAGES = frozenset([b"VP8 ", b"VP8L"])
SHOWN_IN_FRAME = IMAGES | {b"ALPH"}
SHOWN = SHOWN_IN_FRAME | {b"VP8X", b"ICCP", b"ANIM", FRAME}
FIRST = SIZED = IMAGES | {b"VP8X"}  # these come first, and say how large the picture is
EMPTY = b"JUNK"  # readers have to pass over chunks that they do not know
EXIF, XMP = 0x08, 0x04
LARGEST_HEAD, SMALLEST_LOSSLESS = 10, 5  # bytes of a chunk that say how large it is
START, LOSSLESS = b"\x9d\x01\x2a", b"\x2f"


async def webp(reader: Reader) -> AsyncIterator[bytes]:
    """The picture alone; see `fondasi.files.pictures`."""
    head = await reader.take(12)
    yield head
    seen: set[bytes] = set()
    async for piece in _chunks(reader, int.from_bytes(head[4:8], "little") - 4, SHOWN, seen):
        yield piece
    if not seen & IMAGES:
        raise InvalidPictureError
    await reader.drain()


async def _chunks(
    reader: Reader, left: int, shown: frozenset[bytes], seen: set[bytes]
) -> AsyncIterator[bytes]:
    """The chunks of so many bytes; what is not shown is made empty."""
    while left > 0:
        reader.part()
        chunk = await reader.take(8)
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        padded = size + size % 2
        left -= 8 + padded
        if left < 0 or (not seen and name not in FIRST):
            raise InvalidPictureError
        seen.add(name)
        if name in SIZED:
            reader.put_back(_checked(reader, name, await reader.take(min(LARGEST_HEAD, size))))
        if name not in shown:
            yield EMPTY + chunk[4:]
            async for piece in reader.copy(padded):
                yield bytes(len(piece))
        elif name == FRAME:
            if size < FRAME_HEAD or size % 2:
                raise InvalidPictureError
            yield chunk + await reader.take(FRAME_HEAD)
            async for piece in _chunks(reader, size - FRAME_HEAD, SHOWN_IN_FRAME, seen):
                yield piece
        else:
            yield chunk
            async for piece in reader.copy(padded):
                yield piece


def _checked(reader: Reader, name: bytes, head: bytes) -> bytes:
    """The first bytes of a chunk, in which it says how large it is."""
    if len(head) < (SMALLEST_LOSSLESS if name == b"VP8L" else LARGEST_HEAD):
        raise InvalidPictureError
    if name == b"VP8X":
        width, height = 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        head = bytes([head[0] & ~(EXIF | XMP)]) + head[1:]
    elif name == b"VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if head[3:6] != START:
            raise InvalidPictureError
    else:
        bits = int.from_bytes(head[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        if head[:1] != LOSSLESS:
            raise InvalidPictureError
    reader.check(width, height)
    return head
