"""The worker: claims due jobs and runs them, until it is stopped."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from fondasi.kit.jobs.attempt import Attempt, Interruption
from fondasi.kit.jobs.control import TROUBLE, Claim, Control, Look
from fondasi.kit.jobs.definition import DEFAULT_QUEUE, URGENT_LANE
from fondasi.kit.jobs.errors import describe
from fondasi.kit.jobs.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from fondasi.kit.db import Database
    from fondasi.kit.jobs.definition import Job, JobRegistry
    from fondasi.settings import JobSettings

log = structlog.get_logger()

FIRST_RECONNECT, LAST_RECONNECT = 0.1, 1.0
LONGEST_BEAT = 5.0
SHORTEST_WAIT = 0.02
SECONDS_TO_UNWIND = 5.0
MISSED_BEATS = 2
SECONDS_BETWEEN_LOOKS = 60.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Jobs that have slots of their own, so that however long others take, these do not wait for them.

    Attributes:
        name: which jobs.
        names: of those jobs.
        slots: how many run at a time.
        slots_of_one: how many of those one caller may hold.
    """

    name: str
    names: list[str]
    slots: int
    slots_of_one: int


class Worker:
    """Runs jobs. Any number of workers may share a queue.

    Args:
        platform: what jobs see as `context.platform`.
        database: the jobs' units of work, and the address of the queue.
        registry: the jobs that this worker knows; it leaves others alone.
        settings: concurrency and times.
    """

    def __init__(
        self, platform: Any, database: Database, registry: JobRegistry, settings: JobSettings
    ) -> None:
        self._platform = platform
        self._database = database
        self._registry = registry
        self._settings = settings
        self._running: dict[UUID, Attempt] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._names = [job.name for job in registry]
        self._lanes = _lanes(registry, settings)
        self._look_at: set[str] = set()
        self._unknown: set[str] = set()
        self._control = Control(
            database.direct_url,
            settings.stale_after,
            self._notified,
            patience={job.name: self._patience(job) for job in registry if job.timeout},
            frozen_after=settings.frozen_after,
        )
        self._id = str(self._control.worker_id)
        self._schedule = Schedule(registry, self._control)

    def stop(self) -> None:
        """Claim nothing more; `run` returns when the running jobs are finished or `JOB_GRACE` is over."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Run jobs until `stop`. Survives the loss of the database: it reconnects, and nothing is lost."""
        pause = FIRST_RECONNECT
        try:
            while not self._stopping.is_set():
                try:
                    async with self._control.connected():
                        log.info("worker_started", worker_id=self._id, jobs=len(self._registry))
                        pause = FIRST_RECONNECT
                        await self._serve()
                except Exception as error:
                    fault = None if isinstance(error, TROUBLE) else error
                    log.warning("worker_interrupted", error=describe(error), retry_in=pause, exc_info=fault)
                    await _wait(self._stopping, pause)
                    pause = min(pause * 2, LAST_RECONNECT)
        finally:
            await self._interrupt_all()
            log.info("worker_stopped", worker_id=self._id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run inside another program, for the length of the block."""
        task = asyncio.create_task(self.run(), name="worker")
        try:
            yield
        finally:
            self.stop()
            await task

    async def _serve(self) -> None:
        """Work on one connection: returns when stopped, raises when the connection breaks."""
        parts = [
            asyncio.create_task(self._claim_until_stopped()),
            asyncio.create_task(self._beat_forever()),
            asyncio.create_task(self._tick_forever()),
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
        for part in done:
            part.result()

    async def _claim_until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        self._look_at = {lane.name for lane in self._lanes}
        due = dict.fromkeys(self._look_at, loop.time())
        while not self._stopping.is_set():
            self._wake.clear()
            wanted, self._look_at = self._look_at, set()
            now = loop.time()
            lanes = [lane for lane in self._lanes if lane.name in wanted or due[lane.name] <= now]
            looks = [(lane, await self._fill(lane)) for lane in lanes if lane.names]
            again = loop.time() + await self._seconds_to_wait(looks)
            due |= dict.fromkeys((lane.name for lane in lanes), again)
            await _wait(self._wake, max(min(due.values()) - loop.time(), 0))
        await self._finish()

    async def _fill(self, lane: Lane) -> Look | None:
        """Claim jobs until the lane's slots are taken (None) or no more are there for it (the last look)."""
        while True:
            mine = [attempt for attempt in self._running.values() if attempt.job.lane == lane.name]
            if len(mine) >= lane.slots:
                return None
            held = Counter(who for attempt in mine if (who := attempt.claim.enqueued_by))
            most = max(held.values(), default=0)
            look = await self._control.claim(
                lane.names,
                lane.slots - len(mine),
                self._start,
                except_of=[who for who, slots in held.items() if slots >= lane.slots_of_one],
                of_each=max(lane.slots_of_one - most, 1),
                suspects=not any(attempt.claim.is_suspect for attempt in self._running.values()),
            )
            if not look.claimed or not look.left:
                return look

    async def _seconds_to_wait(self, looks: list[tuple[Lane, Look | None]]) -> float:
        """Seconds after which to look at these lanes again, unless something happens before."""
        open_lanes = [(lane, look) for lane, look in looks if look]
        if any(look.left for _, look in open_lanes):
            return SHORTEST_WAIT  # another worker was faster, or is about to be
        wait = self._settings.poll_interval
        if open_lanes:
            names = [name for lane, _ in open_lanes for name in lane.names]
            due = await self._control.seconds_to_next(names, min(look.moment for _, look in open_lanes))
            wait = wait if due is None else min(max(due, SHORTEST_WAIT), wait)
        return wait

    async def _finish(self) -> None:
        """Let running jobs finish; those that do not go back to the queue."""
        if self._running:
            await asyncio.wait(
                [attempt.task for attempt in self._running.values()], timeout=self._settings.grace
            )
        await self._interrupt_all()

    async def _interrupt_all(self) -> None:
        attempts = list(self._running.values())
        for attempt in attempts:
            attempt.interrupt(Interruption.SHUTDOWN)
        if attempts:
            tasks = [attempt.task for attempt in attempts]
            _, stubborn = await asyncio.wait(tasks, timeout=SECONDS_TO_UNWIND)
            for task in stubborn:
                log.error("job_does_not_end", task=task.get_name(), cure="let CancelledError pass in the job")
                # The program does not wait for it: what it wrote is not committed, and another worker takes it over.
                asyncio._unregister_task(task)  # noqa: SLF001 - documented: docs.python.org, "Extending asyncio"

    async def _beat_forever(self) -> None:
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            if loop.time() >= next_look:
                next_look = loop.time() + SECONDS_BETWEEN_LOOKS
                await self._look_around()
            alive = await self._control.beat(lambda: self._running)
            for claim_id, attempt in list(self._running.items()):
                self._after_beat(attempt, alive.get(claim_id))
            if taken := await self._control.take_over():
                log.warning("jobs_of_dead_workers_taken_over", count=taken)
            await asyncio.sleep(min(self._settings.stale_after / 4, LONGEST_BEAT))

    async def _look_around(self) -> None:
        """Find jobs that would wait in silence: enqueued while the clock was ahead, or known to nobody here."""
        if found := await self._control.forget_the_future():
            log.warning("jobs_from_the_future", count=found, cure="the clock came back; they count from now")
        unknown = set(await self._control.unknown_names(self._names)) - self._unknown
        self._unknown |= unknown
        for name in sorted(unknown):
            log.warning("unknown_job", job=name, cure="list it in its module's jobs, or cancel what waits")

    def _after_beat(self, attempt: Attempt, cancelled: bool | None) -> None:
        if cancelled is None:
            # A job that starts or ends during a beat is missed by that one.
            attempt.missed_beats += 1
            if attempt.missed_beats >= MISSED_BEATS:
                attempt.interrupt(Interruption.LOST)
            return
        attempt.missed_beats = 0
        if cancelled:
            attempt.interrupt(Interruption.CANCELLED)

    async def _tick_forever(self) -> None:
        await self._schedule.prepare()
        while True:  # noqa: ASYNC110 - the clock is what it waits for
            await asyncio.sleep(max(await self._schedule.tick(), SHORTEST_WAIT))

    def _start(self, claim: Claim) -> None:
        job, patience = self._registry[claim.name], self._patience(self._registry[claim.name])
        attempt = Attempt(claim, job, self._database, self._platform, self._control, idle_limit=patience)
        beside = [*self._running.values(), attempt]
        if any(one.claim.is_suspect for one in beside):
            for one in beside:
                one.beside_suspect = True
        attempt.task = asyncio.create_task(attempt.run(), name=f"job {claim.name}")
        attempt.task.add_done_callback(lambda task: self._ended(claim, task))
        self._running[claim.claim_id] = attempt

    def _patience(self, job: Job) -> float:
        """Seconds after which a worker that stands still loses a job."""
        return job.timeout + self._settings.stale_after if job.timeout else self._settings.frozen_after

    def _ended(self, claim: Claim, task: asyncio.Task[None]) -> None:
        del self._running[claim.claim_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job_end_not_written", job_id=str(claim.id), error=describe(error), exc_info=error)
        self._look(self._registry[claim.name].lane)

    def _look(self, *lanes: str) -> None:
        """Look for jobs of these lanes."""
        self._look_at.update(lanes)
        self._wake.set()

    def _notified(self, payload: str) -> None:
        """A job came, the connection ended (both empty), or a job was cancelled (its id)."""
        if not payload:
            self._look(*(lane.name for lane in self._lanes))
            return
        for attempt in self._running.values():
            if str(attempt.claim.id) == payload:
                attempt.interrupt(Interruption.CANCELLED)


def _lanes(registry: JobRegistry, settings: JobSettings) -> list[Lane]:
    """The urgent jobs, the usual ones, and those of each other queue."""
    slots = {URGENT_LANE: settings.urgent_concurrency, DEFAULT_QUEUE: settings.concurrency}
    names: dict[str, list[str]] = {name: [] for name in slots}
    for job in registry:
        names.setdefault(job.lane, []).append(job.name)
    lanes = []
    for name, jobs in names.items():
        number = slots.get(name, settings.queue_concurrency)
        most = {URGENT_LANE: number, DEFAULT_QUEUE: max(number - 1, 1)}
        lanes.append(Lane(name, jobs, number, most.get(name, max(number // 2, 1))))
    return lanes


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but not longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
