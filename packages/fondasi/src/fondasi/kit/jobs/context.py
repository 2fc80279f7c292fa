"""What a running job sees."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from fondasi.kit.db import Session

PlatformT = TypeVar("PlatformT", default=Any)
PROGRESS_INTERVAL = 0.25
MAX_MESSAGE = 1000


class JobCancelled(asyncio.CancelledError):
    """The job was cancelled. Like any cancellation it passes `except Exception`."""


class JobFailed(Exception):  # noqa: N818 - says what happened, like the other endings
    """Raised by a job function to fail at once, without the tries that are left."""


@dataclass(slots=True)
class Progress:
    """How far a job is."""

    done: int | None = None
    total: int | None = None
    message: str | None = None


class JobContext(Generic[PlatformT]):
    """What a job function gets beside its arguments.

    Attributes:
        platform: the running platform.
        job_id: id of the job.
        attempt: which try this is, from 1.
        opened: its session, once the function has asked for it.
    """

    def __init__(
        self,
        open_session: Callable[[], Session],
        platform: PlatformT,
        job_id: UUID,
        attempt: int,
        *,
        report: Callable[[Progress], Awaitable[None]],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self.opened: Session | None = None
        self._open_session = open_session
        self.platform = platform
        self.job_id = job_id
        self.attempt = attempt
        self.latest_progress = Progress()
        self._report = report
        self._is_cancelled = is_cancelled
        self._next_report = 0.0

    @property
    def session(self) -> Session:
        """The job's unit of work. It commits together with the job's success and rolls back when the function raises.

        Its transaction begins with its first use, and stays open to the end. Work in many transactions takes its own
        from `platform.database.unit_of_work()`.
        """
        if self.opened is None:
            self.opened = self._open_session()
        return self.opened

    async def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far the job is. It is written outside the job's transaction, so everybody sees it at once.

        Call it as often as you like: it writes four times a second at most, and the end always.
        """
        text = None if message is None else message.replace("\0", "")[:MAX_MESSAGE]
        self.latest_progress = Progress(done, total, text)
        now = asyncio.get_running_loop().time()
        if now < self._next_report and done != total:
            return
        self._next_report = now + PROGRESS_INTERVAL
        await self._report(self.latest_progress)

    async def check_cancelled(self) -> None:
        """Give way, and stop here if the job was cancelled. Long stretches without `await` should call it.

        Raises:
            JobCancelled: the job was cancelled.
        """
        await asyncio.sleep(0)
        if self._is_cancelled():
            raise JobCancelled
