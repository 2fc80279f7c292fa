"""One try of one job: its transaction, its cancellation, and how it ended."""

from __future__ import annotations

import asyncio
from enum import Enum
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_core import to_json

from fondasi.kit import tracing
from fondasi.kit.db import driver_connection, is_unavailable
from fondasi.kit.jobs import queue
from fondasi.kit.jobs.context import JobContext, JobFailed, Progress
from fondasi.kit.jobs.control import TROUBLE
from fondasi.kit.jobs.definition import message_attributes
from fondasi.kit.jobs.errors import describe, is_lost_connection
from fondasi.kit.jobs.models import JobStatus
from fondasi.kit.sentry import report
from fondasi.kit.telemetry import JOB_SECONDS, JOBS

if TYPE_CHECKING:
    import asyncpg

    from fondasi.kit.db import Database, Session
    from fondasi.kit.jobs.control import Claim, Control
    from fondasi.kit.jobs.definition import Job

log = structlog.get_logger()

SECONDS_TO_RECOVER = 1.0


class Interruption(Enum):
    """Why a running try is ended from outside."""

    CANCELLED = "cancelled"
    SHUTDOWN = "shutdown"
    LOST = "lost"


class ClaimLostError(Exception):
    """The try may not go on: it was cancelled, or another worker has the job, or still holds its lock."""


class Attempt:
    """A try that is running.

    Args:
        claim: the job.
        job: its definition.
        database: where its unit of work is.
        platform: what it sees as `context.platform`.
        control: the worker's side of the queue.
        idle_limit: seconds without a statement after which its transaction ends, should the worker stand still.

    Attributes:
        task: set by the worker that starts it.
        missed_beats: heartbeats in a row that did not find its claim.
        beside_suspect: a job that may take its worker down ran at the same time: a death is not this one's fault.
    """

    task: asyncio.Task[None]

    def __init__(
        self,
        claim: Claim,
        job: Job,
        database: Database,
        platform: Any,
        control: Control,
        *,
        idle_limit: float,
    ) -> None:
        self.claim = claim
        self.job = job
        self.missed_beats = 0
        self.beside_suspect = False
        self._database = database
        self._platform = platform
        self._control = control
        self._idle_limit = idle_limit
        self._interruption: Interruption | None = None
        self._context: JobContext[Any] | None = None
        self._has_begun = False
        self._is_lost = False
        self._closing = False

    def interrupt(self, reason: Interruption) -> None:
        """End the try from outside. One that is writing its end already is left to do so."""
        self._interruption = self._interruption or reason
        if not self._closing:
            self.task.cancel()

    async def run(self) -> None:
        """Do the work and write how it ended."""
        claim, started = self.claim, perf_counter()
        with (
            structlog.contextvars.bound_contextvars(
                job_id=str(claim.id), job=claim.name, attempt=claim.attempt
            ),
            tracing.entry(
                f"process {claim.name}",
                "CONSUMER",
                {**message_attributes("process", claim.name), "messaging.message.id": str(claim.id)},
                claim.traceparent,
            ),
        ):
            outcome = await self._work_and_settle()
            tracing.note(fondasi__job__outcome=outcome, fondasi__job__attempt=claim.attempt)
            seconds = perf_counter() - started
            JOBS.labels(claim.name, outcome).inc()
            JOB_SECONDS.labels(claim.name).observe(seconds)
            log.info("job_ended", outcome=outcome, seconds=round(seconds, 3))

    async def _work_and_settle(self) -> str:
        try:
            try:
                await self._work()
            except asyncio.CancelledError:
                self._closing = True
                task = asyncio.current_task()
                while task is not None and task.cancelling():
                    task.uncancel()
                return await self._interrupted()
            except ClaimLostError:
                self._closing = True
                return await self._return()
            except Exception as error:  # noqa: BLE001 - whatever a job raises is recorded
                self._closing = True
                return await self._failed(error)
        except TROUBLE as error:
            # The worker's next heartbeat finds a claim that nobody works on, and puts the job back.
            log.warning("job_end_not_written", error=describe(error))
            return "abandoned"
        return "succeeded"

    async def _work(self) -> None:
        claim = self.claim
        context = self._context = JobContext[Any](
            self._open_session,
            self._platform,
            claim.id,
            claim.attempt,
            report=self._report,
            is_cancelled=lambda: self._interruption is not None,
        )
        try:
            result = await self._call(context)
        except BaseException:
            if context.opened is not None:
                async with self._database.unit_of_work(session=context.opened):
                    raise  # rolls back
            raise
        stored = None if result is None else to_json(result).decode()
        progress = context.latest_progress
        ending = queue.Ending(
            claim.id, claim.claim_id, stored, progress.done, progress.total, progress.message
        )
        written = False
        if context.opened is not None:
            async with self._database.unit_of_work(session=context.opened) as session:
                await session.flush()
                self._closing = True
                if written := self._has_begun:
                    await self._succeed(session, ending)
        self._closing = True
        if not written:
            await self._succeed_alone(ending)

    def _open_session(self) -> Session:
        return self._database.open_session(self._begin)

    async def _begin(self, connection: asyncpg.Connection) -> None:
        self._has_begun = True
        if not await queue.begin(connection, self.claim.id, self.claim.claim_id, self._idle_limit):
            self._is_lost = True
            raise ClaimLostError

    async def _succeed(self, session: Session, ending: queue.Ending) -> None:
        """Write the success in the transaction of the work itself."""
        # A function may have swallowed what `_begin` raised.
        if self._is_lost or not await queue.succeed(await driver_connection(session), [ending]):
            raise ClaimLostError

    async def _succeed_alone(self, ending: queue.Ending) -> None:
        """Write the success of a job that has not used its session."""
        try:
            succeeded = await self._control.succeed(ending)
        except TROUBLE:  # the worker's own connection is lost; there may be others
            async with self._database.unit_of_work() as session:
                await self._succeed(session, ending)
        else:
            if not succeeded:
                raise ClaimLostError

    async def _call(self, context: JobContext[Any]) -> Any:
        limit = asyncio.timeout(self.job.timeout)
        try:
            async with limit:
                return await self.job.run(context, self.claim.arguments)
        except TimeoutError:
            if limit.expired():
                raise TimeoutError(f"took longer than {self.job.timeout:g} s") from None
            raise

    async def _interrupted(self) -> str:
        claim = self.claim
        if self._interruption is Interruption.SHUTDOWN:
            return await self._return(delay=0)
        if self._interruption is Interruption.CANCELLED:
            await self._control.settle(claim, JobStatus.CANCELLED)
            return "cancelled"
        # Nobody we know of asked for it: the claim was lost, or the job's own code leaked a cancellation.
        return await self._abandon()

    async def _failed(self, error: Exception) -> str:
        claim = self.claim
        tracing.fail(error)
        if self._is_lost:
            return await self._return()
        if self._could_not_begin(error):
            log.warning("job_could_not_begin", error=describe(error))
            return await self._return()
        if is_lost_connection(error):
            log.warning("job_lost_its_connection", error=describe(error))
            return await self._abandon()
        last = claim.attempt >= claim.max_attempts or isinstance(error, JobFailed)
        log.warning("job_failed", error=describe(error), last_attempt=last, exc_info=error)
        if last:
            await self._control.settle(claim, JobStatus.FAILED, error=describe(error))
            report(
                error,
                f"job {claim.name}",
                job=claim.name,
                job_id=str(claim.id),
                attempt=str(claim.attempt),
            )
            return "failed"
        delay = self.job.backoff.delay(claim.attempt)
        await self._control.settle(claim, JobStatus.QUEUED, error=describe(error), delay=delay)
        return "retried"

    def _could_not_begin(self, error: Exception) -> bool:
        """No connection was free, or there is no database: the job had no chance to be at fault."""
        asked = self._context is not None and self._context.opened is not None
        return asked and not self._has_begun and is_unavailable(error)

    async def _abandon(self) -> str:
        await self._control.abandon(self.claim, blame=self.claim.is_suspect or not self.beside_suspect)
        return "abandoned"

    async def _return(self, delay: float = SECONDS_TO_RECOVER) -> str:
        """Put the job back as if it had not been tried; a job that somebody cancelled ends instead."""
        status = await self._control.settle(self.claim, JobStatus.QUEUED, counts=False, delay=delay)
        if status is None:
            return "lost"
        return "cancelled" if status is JobStatus.CANCELLED else "returned"

    async def _report(self, progress: Progress) -> None:
        try:
            await self._control.progress(self.claim, progress)
        except TROUBLE as error:
            log.debug("job_progress_not_written", error=describe(error))
