"""WebP (RFC 9649): a RIFF file. Its first bytes say how long it is, so what goes is made empty and not shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files.pictures.reader import InvalidPictureError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.pictures.reader import Reader

SHOWN = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ICCP", b"ALPH", b"ANIM", b"ANMF"])
IMAGES = frozenset([b"VP8 ", b"VP8L", b"ANMF"])
EMPTY = b"JUNK"  # readers have to pass over chunks that they do not know
EXIF, XMP = 0x08, 0x04
LARGEST_HEAD = 10  # bytes of a chunk that say how large it is
START, LOSSLESS = b"\x9d\x01\x2a", b"\x2f"


async def webp(reader: Reader) -> AsyncIterator[bytes]:
    """The picture alone; see `fondasi.files.pictures`."""
    head = await reader.take(12)
    yield head
    left = int.from_bytes(head[4:8], "little") - 4
    seen: set[bytes] = set()
    while left > 0:
        chunk = await reader.take(8)
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        padded = size + size % 2
        left -= 8 + padded
        if left < 0 or (not seen and name not in {b"VP8 ", b"VP8L", b"VP8X"}):
            raise InvalidPictureError
        seen.add(name)
        if name in {b"VP8 ", b"VP8L", b"VP8X", b"ANMF"}:
            reader.put_back(_checked(reader, name, await reader.take(min(LARGEST_HEAD, size))))
        if name in SHOWN:
            yield chunk
            async for piece in reader.copy(padded):
                yield piece
        else:
            yield EMPTY + chunk[4:]
            async for piece in reader.copy(padded):
                yield bytes(len(piece))
    if not seen & IMAGES:
        raise InvalidPictureError
    await reader.drain()


def _checked(reader: Reader, name: bytes, head: bytes) -> bytes:
    """The first bytes of a chunk, in which it says how large it is."""
    if len(head) < LARGEST_HEAD:
        raise InvalidPictureError
    if name == b"VP8X":
        width, height = 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        head = bytes([head[0] & ~(EXIF | XMP)]) + head[1:]
    elif name == b"VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if head[3:6] != START:
            raise InvalidPictureError
    elif name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        if head[:1] != LOSSLESS:
            raise InvalidPictureError
    else:  # a frame: its own chunks are within the size that the screen has
        return head
    reader.check(width, height)
    return head
