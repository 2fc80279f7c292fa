"""What is noted in memory by requests and written beside them, every few seconds, in one statement for many."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger(__name__)
WRITE_EVERY = 5.0  # seconds


class WrittenOften(ABC):
    """Notes that a task writes. What cannot be written is lost: nothing depends on it.

    Attributes:
        every: seconds between two times.
    """

    every: ClassVar[float] = WRITE_EVERY

    @abstractmethod
    async def write(self) -> None:
        """Write what was noted."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write every few seconds inside the block, and once more at its end."""
        task = asyncio.create_task(self._write_often())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._try()

    async def _write_often(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            await self._try()

    async def _try(self) -> None:
        try:
            await self.write()
        except Exception:  # when something was last used is no reason to stop
            log.warning("last_use_not_written", notes=type(self).__name__, exc_info=True)
