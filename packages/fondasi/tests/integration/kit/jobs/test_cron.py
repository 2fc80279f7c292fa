"""Cron: a tick happens once, whoever is there to see it."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from fondasi.kit.jobs import JobContext, job


@job(name="test.every_second", cron="* * * * * *")
async def every_second(context: JobContext) -> None: ...


@job(name="test.yearly", cron="0 0 1 1 *")
async def yearly(context: JobContext) -> None: ...


async def ticks(database, name):
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT scheduled_for FROM job WHERE name = $1 ORDER BY 1", name)
    return [row["scheduled_for"] for row in rows]


async def test_tick_is_enqueued_once_with_several_workers(database, working):
    seen = []
    async with working(every_second), working(every_second), working(every_second), asyncio.timeout(60):
        while len(seen) < 3:
            await asyncio.sleep(0.1)
            seen = await ticks(database, "test.every_second")
    assert all(tick.microsecond == 0 for tick in seen)
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(seen))


async def test_tick_that_nobody_saw_is_caught_up_once(database, working):
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO job_schedule VALUES ('test.yearly', now() - interval '3 years')"
        )
    async with working(yearly), working(yearly):
        await asyncio.sleep(0.5)
    (tick,) = await ticks(database, "test.yearly")
    assert (tick.month, tick.day, tick.hour) == (1, 1, 0)


async def test_new_job_does_not_run_for_ticks_before_it(database, working):
    async with working(yearly):
        await asyncio.sleep(0.3)
    assert await ticks(database, "test.yearly") == []
