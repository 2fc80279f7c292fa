"""GIF89a: a screen, then blocks, each a chain of short pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files.pictures.reader import InvalidPictureError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.pictures.reader import Reader

EXTENSION, IMAGE, TRAILER = b"!", b",", b";"
CONTROL, APPLICATION = b"\xf9", b"\xff"
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
CONTROLS = 4  # bytes of a control, behind which nothing comes
LOOP, LONGEST_REST = b"\x03\x01", 5  # how often it is shown: a piece of three bytes, and the empty one
HAS_COLOURS, COLOURS = 0x80, 0x07


async def gif(reader: Reader) -> AsyncIterator[bytes]:
    """The picture alone; see `fondasi.files.pictures`."""
    head = await reader.take(13)
    reader.check(int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))
    yield head + await _colours(reader, head[10])
    images = 0
    while (block := await reader.take(1)) != TRAILER:
        reader.part()
        if block == IMAGE:
            images += 1
            place = await reader.take(9)
            width, height = int.from_bytes(place[4:6], "little"), int.from_bytes(place[6:8], "little")
            reader.check(width, height)
            yield block + place + await _colours(reader, place[8]) + await reader.take(1)
            async for piece in reader.chain():
                yield piece
        elif block == EXTENSION:
            kind = await reader.take(1)
            first = await reader.take(1)
            name = await reader.take(first[0])
            rest = b""
            if first[0]:
                async for piece in reader.chain():
                    rest = (rest + piece)[:LONGEST_REST]
            if kind == CONTROL and first[0] == CONTROLS:
                yield block + kind + first + name + b"\0"
            elif (
                kind == APPLICATION
                and name in LOOPS
                and len(rest) == LONGEST_REST
                and rest.startswith(LOOP)
                and rest.endswith(b"\0")
            ):
                yield block + kind + first + name + rest
        else:
            raise InvalidPictureError
    if not images:
        raise InvalidPictureError
    yield TRAILER
    await reader.drain()


async def _colours(reader: Reader, flags: int) -> bytes:
    return await reader.take(3 * 2 ** ((flags & COLOURS) + 1)) if flags & HAS_COLOURS else b""
