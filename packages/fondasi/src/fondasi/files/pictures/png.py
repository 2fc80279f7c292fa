"""PNG (W3C, third edition): chunks of a length, a name, content and a checksum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files.pictures.reader import InvalidPictureError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.pictures.reader import Reader

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST = 2**31 - 1
# What shows the picture, its colours and its movement, and how many bytes it has at most. Names, texts, times, places
# and private chunks are not among it.
SHOWN = {
    **dict.fromkeys([b"IDAT", b"fdAT"], LONGEST),
    b"IHDR": 13,
    b"PLTE": 768,
    b"IEND": 0,
    b"tRNS": 256,
    b"acTL": 8,
    b"fcTL": 26,
    b"iCCP": 16 * 1024 * 1024,
    b"cHRM": 32,
    b"gAMA": 4,
    b"sBIT": 4,
    b"sRGB": 1,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"bKGD": 6,
    b"hIST": 512,
    b"pHYs": 9,
}


async def png(reader: Reader) -> AsyncIterator[bytes]:
    """The picture alone; see `fondasi.files.pictures`."""
    yield await reader.take(8)
    seen: set[bytes] = set()
    while b"IEND" not in seen:
        reader.part()
        head = await reader.take(8)
        size, name = int.from_bytes(head[:4]), head[4:]
        if size > LONGEST or not name.isalpha() or (b"IHDR" in seen) == (name == b"IHDR"):
            raise InvalidPictureError
        seen.add(name)
        if name == b"IHDR":
            content = await reader.take(13)
            if size != len(content):
                raise InvalidPictureError
            reader.check(int.from_bytes(content[:4]), int.from_bytes(content[4:8]))
            reader.put_back(content)
        if size <= SHOWN.get(name, -1):
            yield head
            async for piece in reader.copy(size + 4):
                yield piece
        else:
            await reader.skip(size + 4)
    if b"IDAT" not in seen:
        raise InvalidPictureError
    await reader.drain()
