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


async def test_ticks_go_on_after_the_clock_came_back(database, working):
    """Its last tick lies an hour ahead, and so does the job of that tick, which nobody ran yet."""
    async with database.unit_of_work() as session:
        waiting = await every_second.enqueue(session, dedupe_key="cron")
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO job_schedule VALUES ('test.every_second', now() + interval '1 hour')"
        )
        await connection.execute(
            "UPDATE job SET scheduled_for = now() + interval '1 hour', turn = now() + interval '1 hour', "
            "updated_at = now() + interval '1 hour'"
        )
    async with working(every_second), asyncio.timeout(60), database.connection() as connection:
        query = "SELECT count(*) FROM job WHERE status = 'succeeded' AND id <> $1"
        while await connection.fetchval(query, waiting) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_job_with_a_delay_keeps_it_when_the_clock_comes_back(database, working, record):
    async with database.unit_of_work() as session:
        job_id = await every_second.enqueue(session, delay=timedelta(minutes=10))
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE job SET scheduled_for = scheduled_for + interval '1 hour', updated_at = now() + interval '1 hour'"
        )
        async with working(every_second):
            await asyncio.sleep(0.5)
        left = await connection.fetchval("SELECT scheduled_for - now() FROM job WHERE id = $1", job_id)
    assert timedelta(minutes=8) < left <= timedelta(minutes=10)
