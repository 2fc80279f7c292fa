"""Smaller pictures of pictures, made by a program of its own that may use little and reach nothing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fondasi.files.models import key_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

SIDES = (256, 1024)  # pixels of the longest side
SECONDS = 60
LARGEST = 8 * 1024 * 1024  # bytes of all of them
MEDIA_TYPE, ENDING = "image/webp", ".webp"
DECODER = Path(__file__).with_name("pictures") / "decoder.py"
_LENGTH = 4


class NotDecodedError(Exception):
    """The picture cannot be decoded within the limits."""


def key_of_thumbnail(file_id: UUID, side: int | str) -> str:
    """Where a smaller picture lies, beside the picture."""
    return f"{key_of(file_id)}-{side}"


async def smaller(content: AsyncIterator[bytes], most_pixels: int) -> dict[int, bytes]:
    """Smaller pictures by the length of their longest side. What `content` raises is raised.

    Args:
        content: the picture.
        most_pixels: width times height.

    Raises:
        NotDecodedError: it cannot be decoded, or not within the limits.
    """
    command = [sys.executable, "-I", str(DECODER), str(most_pixels), *map(str, SIDES)]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            _, made = await asyncio.gather(_feed(process.stdin, content), _all_of(process.stdout))
            if await process.wait():
                raise NotDecodedError
    except TimeoutError:
        raise NotDecodedError from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return dict(zip(SIDES, _split(made), strict=True))


async def _feed(writer: asyncio.StreamWriter, content: AsyncIterator[bytes]) -> None:
    with suppress(ConnectionError):  # it gave up: its status says so
        async for piece in content:
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    made = b""
    while piece := await reader.read(65536):
        made += piece
        if len(made) > LARGEST:
            break
    return made[:LARGEST]


def _split(made: bytes) -> list[bytes]:
    pictures = []
    for _ in SIDES:
        size = int.from_bytes(made[:_LENGTH])
        picture, made = made[_LENGTH : _LENGTH + size], made[_LENGTH + size :]
        if not size or len(picture) < size:
            raise NotDecodedError
        pictures.append(picture)
    return pictures
