"""Cancelling, progress, and stopping the worker."""

import asyncio
import threading
from contextlib import suppress

import pytest
from sqlalchemy import text

from fondasi.kit import jobs
from fondasi.kit.db import Database
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings, JobSettings

LESS_THAN_A_POLL = 30  # seconds


@job(name="test.long")
async def long(context: JobContext, seconds: float = 30) -> None:
    await context.session.execute(text("INSERT INTO effect VALUES (NULL, 1)"))
    await context.progress(1, 10, "first")
    await asyncio.sleep(seconds)


@job(name="test.held")
async def held(context: JobContext) -> None:
    await context.session.execute(text("INSERT INTO effect VALUES (NULL, 1)"))
    await context.progress(1, 10, "first")
    await context.session.execute(text("SELECT pg_advisory_xact_lock_shared(1)"))  # see `holding`


@job(name="test.stubborn")
async def stubborn(context: JobContext) -> None:
    await context.session.execute(text("INSERT INTO effect VALUES (NULL, 1)"))
    await context.progress(1)
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        await context.progress(2)


@job(name="test.stubborn_writes_nothing")
async def stubborn_writes_nothing(context: JobContext) -> None:
    await context.progress(1)
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(30)


@job(name="test.deaf")
async def deaf(context: JobContext) -> None:
    await context.progress(1)
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)


@job(name="test.polite")
async def polite(context: JobContext) -> None:
    while True:
        await context.check_cancelled()


async def enqueue(database, definition, **arguments):
    async with database.unit_of_work() as session:
        return await definition.enqueue(session, **arguments)


async def cancel(database, job_id) -> bool:
    async with database.unit_of_work() as session:
        return await jobs.cancel(session, job_id)


async def count_effects(database) -> int:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM effect")


async def until_progress(record, job_id):
    async with asyncio.timeout(60):
        while (found := await record(job_id)).progress_done is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


async def test_queued_job_is_cancelled_at_once(database, working, record):
    job_id = await enqueue(database, long)
    assert await cancel(database, job_id)
    assert (await record(job_id)).status == "cancelled"
    async with working(long):
        await asyncio.sleep(0.3)
    assert (await record(job_id)).status == "cancelled"
    assert not await cancel(database, job_id)


@pytest.mark.parametrize("definition", [long, stubborn, stubborn_writes_nothing], ids=lambda job: job.name)
async def test_running_job_is_stopped_and_its_work_rolled_back(
    database, working, becomes, record, definition
):
    job_id = await enqueue(database, definition)
    async with working(definition, poll_interval=60):
        await until_progress(record, job_id)
        assert await cancel(database, job_id)
        ended = await becomes(job_id, "cancelled", seconds=LESS_THAN_A_POLL)
    assert ended.finished_at is not None
    assert await count_effects(database) == 0


async def test_job_that_keeps_busy_notices_when_it_checks(database, working, becomes):
    job_id = await enqueue(database, polite)
    async with working(polite):
        await becomes(job_id, "running")
        await cancel(database, job_id)
        await becomes(job_id, "cancelled", seconds=LESS_THAN_A_POLL)


async def test_cancellation_that_is_rolled_back_does_nothing(database, working, becomes, record):
    job_id = await enqueue(database, long, seconds=0.4)

    async def cancel_and_fail() -> None:
        async with database.unit_of_work() as session:
            await jobs.cancel(session, job_id)
            raise RuntimeError("no")

    async with working(long):
        await until_progress(record, job_id)
        with pytest.raises(RuntimeError, match="no"):
            await cancel_and_fail()
        await becomes(job_id, "succeeded")


async def test_progress_is_seen_from_outside_while_the_work_is_not(
    database, working, becomes, record, holding
):
    async with working(held):
        async with holding():
            job_id = await enqueue(database, held)
            seen = await until_progress(record, job_id)
            assert await count_effects(database) == 0
        assert (seen.status, seen.progress_done, seen.progress_total, seen.progress_message) == (
            "running",
            1,
            10,
            "first",
        )
        await becomes(job_id, "succeeded")
    assert await count_effects(database) == 1


async def test_stopping_worker_lets_its_jobs_finish(database, working, record):
    job_id = await enqueue(database, long, seconds=0.5)
    async with working(long):
        await until_progress(record, job_id)
    assert (await record(job_id)).status == "succeeded"


async def test_job_that_outlasts_the_grace_goes_back_to_the_queue(database, working, record):
    job_id = await enqueue(database, long)
    async with working(long, grace=0.1):
        await until_progress(record, job_id)
    back = await record(job_id)
    assert (back.status, back.attempt, back.abandoned) == ("queued", 0, 0)
    assert await count_effects(database) == 0


async def test_program_ends_though_a_job_swallows_its_cancellation(database_urls, monkeypatch, record):
    monkeypatch.setattr("fondasi.kit.jobs.worker.SECONDS_TO_UNWIND", 0.2)

    async def program() -> None:
        database = Database(database_urls.app, DatabaseSettings())
        await enqueue(database, deaf)
        worker = Worker(None, database, JobRegistry([deaf]), JobSettings(grace=0.1))
        async with worker.running(), database.connection() as connection:
            while not await connection.fetchval("SELECT progress_done FROM job"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(program()), daemon=True)
    thread.start()
    await asyncio.to_thread(thread.join, 30)
    assert not thread.is_alive()
