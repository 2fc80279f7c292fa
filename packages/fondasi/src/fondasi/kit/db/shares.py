"""No single route takes all connections: where one waits for a locked table, the others go on."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from fondasi.kit.db.driver import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Whose share a session counts in; None outside requests, and for a session beside another one of the same request.
sharer: ContextVar[str | None] = ContextVar("sharer", default=None)


class Shares:
    """Bounds how many connections of a pool each sharer holds at the same time: three quarters of them.

    Args:
        connections: of the whole pool.
        seconds: to wait for one.
    """

    def __init__(self, connections: int, seconds: float) -> None:
        self._most = max(1, connections * 3 // 4)
        self._seconds = seconds
        self._of: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def share(self) -> AsyncIterator[None]:
        """Count a connection inside the block.

        Raises:
            DatabaseUnavailableError: the sharer holds its share, and gave none back in time.
        """
        name = sharer.get()
        if name is None:
            yield
            return
        free = self._of.get(name) or self._of.setdefault(name, asyncio.Semaphore(self._most))
        if free.locked():
            try:
                async with asyncio.timeout(self._seconds):
                    await free.acquire()
            except TimeoutError:
                raise DatabaseUnavailableError("Too many requests wait for the same.") from None
        else:
            await free.acquire()
        sharer.set(None)
        try:
            yield
        finally:
            sharer.set(name)
            free.release()
