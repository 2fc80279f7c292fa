"""Nobody's jobs hold up another's: urgent ones have slots of their own, callers take turns, and each has a cap."""

import asyncio
import json
from itertools import groupby
from uuid import UUID, uuid4

import asyncpg
import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from fondasi.kit.db import Database
from fondasi.kit.jobs import (
    REGISTRY,
    URGENT,
    JobContext,
    JobRegistry,
    TooManyJobs,
    UnlistedJobError,
    control,
    job,
)
from fondasi.kit.jobs.definition import Job
from fondasi.settings import DatabaseSettings

ANI, BUDI = UUID(int=1), UUID(int=2)
MOST = 5
LESS_THAN_A_STATEMENT = 20  # seconds; one that waits for `holding` ends after 30


@job(name="test.held")
async def held(context: JobContext) -> None:
    await context.progress(1)
    await context.session.execute(text("SELECT pg_advisory_xact_lock_shared(1)"))  # see `holding`


@job(name="test.quick")
async def quick(context: JobContext) -> None: ...


@job(name="test.urgent", priority=URGENT)
async def urgent(context: JobContext) -> None: ...


@job(name="test.held_elsewhere", queue="elsewhere")
async def held_elsewhere(context: JobContext) -> None:
    await held.function(context)


@job(name="test.quick_elsewhere", queue="elsewhere")
async def quick_elsewhere(context: JobContext) -> None: ...


async def enqueue(database: Database, definition: Job, count: int = 1, **options) -> list[UUID]:
    async with database.unit_of_work() as session:
        return [await definition.enqueue(session, **options) for _ in range(count)]


@pytest.fixture
def until_running(database):
    async def wait(count: int) -> None:
        query = "SELECT count(*) FROM job WHERE progress_done IS NOT NULL"
        async with asyncio.timeout(60), database.connection() as connection:
            while await connection.fetchval(query) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    return wait


async def test_urgent_job_runs_while_others_hold_every_slot(
    database, working, holding, until_running, becomes
):
    async with working(held, urgent), holding():
        await enqueue(database, held, count=8)
        await until_running(4)
        (letter,) = await enqueue(database, urgent)
        await becomes(letter, "succeeded", seconds=LESS_THAN_A_STATEMENT)


async def test_jobs_of_another_queue_hold_no_slot_of_the_others(
    database, working, holding, until_running, becomes
):
    async with working(held_elsewhere, quick, queue_concurrency=2), holding():
        await enqueue(database, held_elsewhere, count=8)
        await until_running(2)
        (usual,) = await enqueue(database, quick)
        await becomes(usual, "succeeded", seconds=LESS_THAN_A_STATEMENT)


async def test_jobs_of_another_queue_have_slots_that_the_others_cannot_hold(
    database, working, holding, until_running, becomes
):
    async with working(held, quick_elsewhere), holding():
        await enqueue(database, held, count=8)
        await until_running(4)
        (other,) = await enqueue(database, quick_elsewhere)
        await becomes(other, "succeeded", seconds=LESS_THAN_A_STATEMENT)


async def test_one_caller_holds_half_of_another_queue(database, working, holding, until_running, becomes):
    async with working(held_elsewhere, quick_elsewhere), holding():
        mine = await enqueue(database, held_elsewhere, count=8, enqueued_by=ANI)
        await until_running(2)
        (theirs,) = await enqueue(database, quick_elsewhere, enqueued_by=BUDI)
        await becomes(theirs, "succeeded", seconds=LESS_THAN_A_STATEMENT)
        await becomes(mine[2], "queued")


async def test_one_caller_leaves_a_slot_to_the_others(database, working, holding, until_running, becomes):
    async with working(held, quick):
        async with holding():
            mine = await enqueue(database, held, count=8, enqueued_by=ANI)
            await until_running(3)
            (theirs,) = await enqueue(database, quick, enqueued_by=BUDI)
            await becomes(theirs, "succeeded", seconds=LESS_THAN_A_STATEMENT)
            await becomes(mine[3], "queued")
        for one in mine:
            await becomes(one, "succeeded")


async def test_callers_take_turns(database, working, becomes, record):
    many = await enqueue(database, quick, count=6, enqueued_by=ANI)
    few = await enqueue(database, quick, count=2, enqueued_by=BUDI)
    async with working(quick, concurrency=1):
        for one in many:
            await becomes(one, "succeeded")
    records = sorted([await record(one) for one in (*many, *few)], key=lambda one: one.started_at)
    turns = [(who, len(list(jobs))) for who, jobs in groupby(one.enqueued_by for one in records)]
    assert turns == [(ANI, 1), (BUDI, 1), (ANI, 1), (BUDI, 1), (ANI, 4)]


async def test_caller_has_no_more_unfinished_jobs_than_the_cap_however_many_ask_at_once(database_urls):
    own = Database(database_urls.app, DatabaseSettings())
    own.info[REGISTRY] = JobRegistry([quick], most_per_caller=MOST)
    answers = await asyncio.gather(
        *(enqueue(own, quick, enqueued_by=ANI) for _ in range(4 * MOST)), return_exceptions=True
    )
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refusals) == 3 * MOST
    assert all(isinstance(refusal, TooManyJobs) for refusal in refusals)
    assert str(MOST) in refusals[0].detail
    await enqueue(own, quick, enqueued_by=BUDI)
    await enqueue(own, quick, count=2 * MOST)  # the platform's own
    async with own.connection() as connection:
        await connection.execute("UPDATE job SET status = 'cancelled' WHERE enqueued_by = $1", ANI)
    await enqueue(own, quick, count=MOST, enqueued_by=ANI)
    await own.close()


async def test_what_is_not_capped_is_taken_however_many_there_are(database_urls):
    own = Database(database_urls.app, DatabaseSettings())
    own.info[REGISTRY] = JobRegistry([quick], most_per_caller=1)
    await enqueue(own, quick, count=3, enqueued_by=ANI, capped=False)
    with pytest.raises(TooManyJobs):
        await enqueue(own, quick, enqueued_by=ANI)
    await own.close()


async def test_duplicate_is_found_at_the_cap(database_urls):
    own = Database(database_urls.app, DatabaseSettings())
    own.info[REGISTRY] = JobRegistry([quick], most_per_caller=1)
    options = {"enqueued_by": ANI, "dedupe_key": "one"}
    assert await enqueue(own, quick, **options) == await enqueue(own, quick, **options)
    with pytest.raises(TooManyJobs):
        await enqueue(own, quick, enqueued_by=ANI, dedupe_key="two")
    await own.close()


async def test_job_that_no_module_lists_is_refused_where_it_is_enqueued(database_urls):
    own = Database(database_urls.app, DatabaseSettings())
    own.info[REGISTRY] = JobRegistry([quick])
    with pytest.raises(UnlistedJobError, match=r"test\.urgent .*test_fairness\.urgent.* Module\(jobs="):
        await enqueue(own, urgent)
    await own.close()


async def test_worker_warns_once_of_a_name_that_it_does_not_know(database, working, becomes, monkeypatch):
    monkeypatch.setattr("fondasi.kit.jobs.worker.SECONDS_BETWEEN_LOOKS", 0)
    # One that has written keeps what was configured then, and would not be captured.
    monkeypatch.setattr("fondasi.kit.jobs.worker.log", structlog.get_logger())
    await enqueue(database, urgent, count=3)
    with capture_logs() as lines:
        async with working(quick), asyncio.timeout(60):
            while not any(line["event"] == "unknown_job" for line in lines):  # noqa: ASYNC110 - a task beside it says so
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)  # it would have said it again
    warned = [line["job"] for line in lines if line["event"] == "unknown_job"]
    assert warned == ["test.urgent"]


async def test_look_at_the_queue_costs_the_same_however_many_wait(scratch_database):
    """Also for a worker that was started when the queue was empty, and whose plans are of that time."""
    fill = """
    INSERT INTO job (id, name, arguments, status, priority, attempt, max_attempts, abandoned, scheduled_for)
    SELECT gen_random_uuid(), $1, '{}', 'queued', 0, 0, 1, 0, now() FROM generate_series(1, 20000)
    """
    owner = await asyncpg.connect(scratch_database.owner)
    await owner.execute("VACUUM ANALYZE job")
    await owner.close()
    connection = await asyncpg.connect(scratch_database.app, server_settings=control.PLANS)
    await connection.execute(f"PREPARE look (text[], int, uuid, uuid[], bool, int) AS {control.CLAIM}")
    look = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE look ('{quick,slow}', 4, '%s', '{}', true, 3)"
    pages = []
    for name in ("gone", "quick"):
        await connection.fetch(look % uuid4())
        await connection.execute(fill, name)
        (plan,) = json.loads(await connection.fetchval(look % uuid4()))
        pages.append(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])
    await connection.close()
    assert max(pages) < 1000, pages
