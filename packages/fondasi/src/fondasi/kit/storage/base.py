"""What every storage does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PIECE = 256 * 1024  # bytes of a read


class StorageError(Exception):
    """The storage refuses, is full, or does not answer."""


class Storage:
    """Bytes by key."""

    async def write(self, key: str, content: AsyncIterator[bytes]) -> int:
        """Store what comes; how many bytes there were. What `content` raises is raised, and nothing is stored.

        Raises:
            StorageError: it cannot be stored.
        """
        raise NotImplementedError

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, which is left out, in pieces.

        Raises:
            StorageError: they cannot be read.
        """
        raise NotImplementedError

    def listed(self) -> AsyncIterator[list[str]]:
        """All keys, in batches, those of broken writes too where they can be told.

        Raises:
            StorageError: they cannot be listed.
        """
        raise NotImplementedError

    async def delete(self, key: str) -> None:
        """Remove what is stored under a key, if there is anything, and what a broken write of it left.

        Raises:
            StorageError: it cannot be removed.
        """
        raise NotImplementedError
