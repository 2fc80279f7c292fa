"""Where the bytes of files are: a folder, by one interface that object stores have too (obstore).

Keys are made by the service, never by callers. What is stored is whole or not there: a write that does not end leaves
nothing behind.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

PART = 5 * 1024 * 1024  # bytes; object stores take no smaller ones but the last
AT_ONCE = 2  # parts on their way at the same time
PIECE = 256 * 1024  # bytes of a read


class StorageError(Exception):
    """The storage refuses, is full, or does not answer."""


class Storage:
    """Bytes by key.

    Args:
        folder: where they are; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: LocalStore | None = None

    @property
    def _store(self) -> LocalStore:
        if self._opened is None:
            self._opened = LocalStore(self._folder, mkdir=True, automatic_cleanup=True)
        return self._opened

    async def write(self, key: str, content: AsyncIterator[bytes]) -> int:
        """Store what comes; how many bytes there were. What `content` raises is raised, and nothing is stored.

        Raises:
            StorageError: it cannot be stored.
        """
        size = 0
        with _translated():
            writer = obstore.open_writer_async(self._store, key, buffer_size=PART, max_concurrency=AT_ONCE)
            async with writer:  # ends what is written, or undoes it when something is raised
                async for piece in content:
                    size += len(piece)
                    await writer.write(piece)
        return size

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, which is left out, in pieces.

        Raises:
            StorageError: they cannot be read.
        """
        if start == end:
            return
        with _translated():
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            pieces = aiter(found.stream(min_chunk_size=PIECE))
        while True:
            with _translated():
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield bytes(piece)

    async def delete(self, key: str) -> None:
        """Remove what is stored under a key, if there is anything.

        Raises:
            StorageError: it cannot be removed.
        """
        with _translated():
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StorageError(type(error).__name__) from error
