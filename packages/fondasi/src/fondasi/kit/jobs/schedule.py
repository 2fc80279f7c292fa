"""Cron: every tick is enqueued once, however many workers there are.

Ticks are computed with the clock of the database, and the last one is kept in a row that only one worker can
move on. A tick that passed while no worker ran is caught up, once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from croniter import croniter

from fondasi.kit.jobs.queue import ENQUEUE, NewJob

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fondasi.kit.jobs.control import Control
    from fondasi.kit.jobs.definition import Job

log = structlog.get_logger()

LONGEST_WAIT = 60.0  # the clock may jump
# A job that is still queued or running when its next tick comes does not pile up.
DEDUPE_KEY = "cron"

FIRST_SEEN = (
    "INSERT INTO job_schedule (name, last_tick) SELECT unnest($1::text[]), now() ON CONFLICT DO NOTHING"
)
LAST_TICKS = "SELECT name, last_tick, clock_timestamp() AS now FROM job_schedule WHERE name = ANY($1)"
# A tick that lies ahead was written before the clock came back. What lies ahead of now counts as now.
COME_BACK = "UPDATE job_schedule SET last_tick = now() WHERE name = ANY($1) AND last_tick > now()"
MOVE_ON = "UPDATE job_schedule SET last_tick = $2 WHERE name = $1 AND last_tick < $2 RETURNING true"
AT_TICK = "UPDATE job SET scheduled_for = $2 WHERE id = $1"


def next_tick(expression: str, after: datetime) -> datetime:
    """When a cron expression is due next after a moment (UTC)."""
    upcoming: datetime = croniter(expression, after).get_next(datetime)
    return upcoming


class Schedule:
    """The jobs that run by cron."""

    def __init__(self, jobs: Iterable[Job], control: Control) -> None:
        self._jobs = {job.name: (job, job.cron) for job in jobs if job.cron}
        self._control = control

    async def prepare(self) -> None:
        """Note the moment from which on ticks count, for jobs that are new."""
        if self._jobs:
            await self._control.fetch(FIRST_SEEN, list(self._jobs))

    async def tick(self) -> float:
        """Enqueue what is due; seconds until the next tick."""
        wait = LONGEST_WAIT
        if self._jobs:
            await self._control.fetch(COME_BACK, list(self._jobs))
        rows = await self._control.fetch(LAST_TICKS, list(self._jobs)) if self._jobs else []
        for row in rows:
            job, expression = self._jobs[row["name"]]
            now: datetime = row["now"]
            due = croniter(expression, now + timedelta(microseconds=1)).get_prev(datetime)
            if due > row["last_tick"]:
                await self._enqueue(job, due)
            wait = min(wait, (next_tick(expression, now) - now).total_seconds())
        return wait

    async def _enqueue(self, job: Job, tick: datetime) -> None:
        async with self._control.transaction() as connection:
            if not await connection.fetchval(MOVE_ON, job.name, tick):
                return
            new = NewJob(
                name=job.name, arguments=job.dump({}), max_attempts=job.max_attempts, dedupe_key=DEDUPE_KEY
            )
            job_id = await connection.fetchval(ENQUEUE, *new.parameters())
            if job_id is None:
                log.info(
                    "cron_tick_skipped", job=job.name, reason="the job of the tick before is not finished"
                )
                return
            await connection.execute(AT_TICK, job_id, tick)
