"""What a stream tells of a job: where it stands, whenever that changes, until it is finished."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from fondasi.kit.live import Hub, event
from fondasi.tasks import service
from fondasi.tasks.repository import FINISHED
from fondasi.tasks.schemas import TaskRead

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.kit.jobs import JobRecord
    from fondasi.kit.live import Change
    from fondasi.platform import Platform

LOOK_SECONDS = 2.0  # of the platform's own jobs nobody is told, and a notification may be missed


class TaskFeed:
    """The states of a job.

    A client that comes again is told the state of now, if that is not the one that it has.

    Args:
        platform: the database, and the changes that are heard.
        caller: who reads.
        task_id: the job.
        last_event: the state that the client has.

    Attributes:
        caller: who reads, with the rights that they have now.
    """

    look_seconds: float | None = LOOK_SECONDS
    finished = False

    def __init__(self, platform: Platform, caller: Principal, task_id: UUID, last_event: str | None) -> None:
        self.caller = caller
        self._platform = platform
        self._id, self._text = task_id, str(task_id)
        self._told = last_event
        self._status = ""
        self._looked = -LOOK_SECONDS
        self._reader = platform.get(Hub).reader(self._is_it)

    async def is_told(self) -> bool:
        """Whether the client has the last state.

        Raises:
            NotFound: there is no such job, or it is not for the caller to see.
        """
        job = await self._read()
        return job.status in FINISHED and _version(job) == self._told

    def open(self, wake: Callable[[], None]) -> None:
        """Begin."""
        self._reader.open(wake)

    def close(self) -> None:
        """End."""
        self._reader.close()

    async def opening(self) -> bytes:
        """Nothing: the state comes next."""
        return b""

    async def take(self) -> bytes:
        """The state, if it is another one.

        Raises:
            NotFound: the job is gone, or it is no longer for the caller to see.
        """
        if self.finished or not (self._reader.skip() or monotonic() - self._looked >= LOOK_SECONDS):
            return b""
        job = await self._read()
        self._looked = monotonic()
        if (version := _version(job)) == self._told:
            return b""
        self.finished = job.status in FINISHED
        kind = "finished" if self.finished else "progress" if job.status == self._status else "status"
        self._told, self._status = version, job.status
        return event(kind, TaskRead.model_validate(job).model_dump(mode="json"), version)

    def heartbeat(self) -> bytes:
        """Says that the stream is alive."""
        return event("heartbeat", {})

    async def _read(self) -> JobRecord:
        async with self._platform.database.read_session(fresh=True) as session:
            return await service.read_task(session, self.caller, self._id)

    def _is_it(self, change: Change) -> bool:
        return change.resource == "tasks" and change.row_id == self._text


def _version(job: JobRecord) -> str:
    return f"{job.updated_at:%Y%m%dT%H%M%S.%fZ}"
