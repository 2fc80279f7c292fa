"""Enqueueing and running: jobs live and die with the transaction that enqueued them, and take effect once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from fondasi.kit.db import Database
from fondasi.kit.db.migrations import PLATFORM_MIGRATIONS, downgrade, migrate
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings

LESS_THAN_A_POLL = 30  # seconds


@job(name="test.count")
async def count(context: JobContext, number: int) -> dict[str, int]:
    await context.session.execute(
        text("INSERT INTO effect VALUES (:job, :number)"), {"job": context.job_id, "number": number}
    )
    return {"number": number}


@job(name="test.other")
async def other(context: JobContext) -> None: ...


async def enqueue(database, definition, **arguments) -> UUID:
    async with database.unit_of_work() as session:
        return await definition.enqueue(session, **arguments)


async def effects(database) -> list[int]:
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT number FROM effect")
    return [row["number"] for row in rows]


async def test_job_runs_with_its_arguments_and_keeps_its_result(database, working, becomes):
    user = UUID(int=7)
    job_id = await enqueue(database, count, number=3, enqueued_by=user)
    async with working(count):
        done = await becomes(job_id, "succeeded")
    assert done.result == {"number": 3}
    assert done.arguments == {"number": 3}
    assert done.enqueued_by == user
    assert done.attempt == 1
    assert done.error is None
    assert done.created_at <= done.started_at <= done.finished_at
    assert await effects(database) == [3]


async def test_rolled_back_transaction_drops_its_jobs(database, record):
    ids = []

    async def enqueue_and_fail() -> None:
        async with database.unit_of_work() as session:
            ids.append(await count.enqueue(session, number=1))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await enqueue_and_fail()
    assert await record(ids[0]) is None


async def test_idle_worker_is_notified_at_the_commit(database, working, becomes):
    async with working(count, poll_interval=60):
        await asyncio.sleep(0.3)
        async with database.unit_of_work() as session:
            job_id = await count.enqueue(session, number=1)
        await becomes(job_id, "succeeded", seconds=LESS_THAN_A_POLL)


async def test_same_dedupe_key_gives_the_job_that_waits(database, working, becomes):
    first = await enqueue(database, count, number=1, dedupe_key="k")
    assert await enqueue(database, count, number=2, dedupe_key="k") == first
    assert await enqueue(database, other, dedupe_key="k") != first
    async with working(count, other):
        await becomes(first, "succeeded")
    assert await enqueue(database, count, number=2, dedupe_key="k") != first
    assert await effects(database) == [1]


async def test_two_transactions_with_one_dedupe_key_make_one_job(database):
    ids = await asyncio.gather(*(enqueue(database, count, number=n, dedupe_key="k") for n in range(8)))
    assert len(set(ids)) == 1


async def test_delayed_job_waits(database, working, becomes):
    job_id = await enqueue(database, count, number=1, delay=timedelta(seconds=0.4))
    async with working(count, poll_interval=60):
        done = await becomes(job_id, "succeeded")
    assert timedelta(seconds=0.4) <= done.started_at - done.created_at < timedelta(seconds=LESS_THAN_A_POLL)


async def test_higher_priority_goes_first(database, working, becomes):
    wanted = {1: 0, 2: 5, 3: -1, 4: 5}
    ids = [await enqueue(database, count, number=key, priority=value) for key, value in wanted.items()]
    async with working(count, concurrency=1):
        done = [await becomes(job_id, "succeeded") for job_id in ids]
    done.sort(key=lambda found: found.started_at)
    assert [found.result["number"] for found in done] == [2, 4, 1, 3]


async def test_worker_leaves_jobs_that_it_does_not_know(database, working, becomes, record):
    unknown = await enqueue(database, other)
    known = await enqueue(database, count, number=1)
    async with working(count):
        await becomes(known, "succeeded")
    assert (await record(unknown)).status == "queued"


async def test_wrong_arguments_are_refused_when_enqueueing(database):
    with pytest.raises(ValidationError):
        await enqueue(database, count, number="many")
    with pytest.raises(ValidationError):
        await enqueue(database, count, number=1, colour="red")


async def test_success_written_before_the_work_is_lost_with_it(database, working, becomes):
    """The success and the work are one transaction: a constraint that fails at the commit undoes both."""

    @job(name="test.deferred", retries=0)
    async def deferred(context: JobContext) -> None:
        await context.session.execute(text("CREATE TEMP TABLE parent (id int PRIMARY KEY)"))
        await context.session.execute(
            text("CREATE TEMP TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        )
        await context.session.execute(text("INSERT INTO child VALUES (1)"))
        await context.session.execute(text("INSERT INTO effect VALUES (NULL, 1)"))

    job_id = await enqueue(database, deferred)
    async with working(deferred):
        failed = await becomes(job_id, "failed")
    assert failed.error.startswith("ForeignKeyViolationError: insert or update on table")
    assert await effects(database) == []


async def test_jobs_that_write_nothing_keep_their_results_and_take_no_connection(
    database, becomes, job_settings
):
    all_run = asyncio.Barrier(job_settings.concurrency)

    @job(name="test.writes_nothing", retries=0)
    async def writes_nothing(context: JobContext, number: int) -> int:
        async with asyncio.timeout(LESS_THAN_A_POLL):
            await all_run.wait()
        return number

    ids = [await enqueue(database, writes_nothing, number=n) for n in range(job_settings.concurrency)]
    narrow = Database(database.url, DatabaseSettings(pool_size=1, pool_overflow=0, pool_timeout=0.1))
    async with Worker(None, narrow, JobRegistry([writes_nothing]), job_settings).running():
        done = [await becomes(job_id, "succeeded") for job_id in ids]
    await narrow.close()
    assert [record.result for record in done] == list(range(job_settings.concurrency))


async def test_migration_goes_down_and_up_again(scratch_database):
    for application in ("posts.migrations", "courtsight.migrations"):  # their tables refer to the platform's
        await downgrade(scratch_database.owner, application)
    await downgrade(scratch_database.owner, PLATFORM_MIGRATIONS, "fondasi_0001")
    owner = await asyncpg.connect(scratch_database.owner)
    assert await owner.fetchval("SELECT to_regclass('job')") is None
    await migrate(scratch_database.owner)
    assert await owner.fetchval("SELECT to_regclass('job')") is not None
    await owner.close()
