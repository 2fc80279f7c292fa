"""Failures: rolled back, recorded, tried again after a wait, and given up."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from fondasi.kit.jobs import Backoff, JobContext, JobFailed, job

QUICK = Backoff(initial=0.2, factor=2, jitter=0)
tries: list[int] = []


@pytest.fixture(autouse=True)
def _forget_tries() -> None:
    tries.clear()


@job(name="test.flaky", retries=2, backoff=QUICK)
async def flaky(context: JobContext, failures: int) -> str:
    tries.append(context.attempt)
    await context.session.execute(text("INSERT INTO effect VALUES (NULL, :n)"), {"n": context.attempt})
    if context.attempt <= failures:
        raise ValueError("cannot reach postgresql://user:hunter2@host/db now")
    return "done"


@job(name="test.give_up", retries=5, backoff=QUICK)
async def give_up(context: JobContext) -> None:
    tries.append(context.attempt)
    raise JobFailed("there is no such thing")


@job(name="test.slow", retries=1, backoff=QUICK, timeout=0.1)
async def slow(context: JobContext) -> None:
    tries.append(context.attempt)
    await asyncio.sleep(30)


@job(name="test.bad_sql", retries=0)
async def bad_sql(context: JobContext) -> None:
    await context.session.execute(
        text("INSERT INTO job_schedule VALUES ('secret-name', NULL)"),
    )


async def run(database, working, becomes, definition, status, **arguments):
    async with database.unit_of_work() as session:
        job_id = await definition.enqueue(session, **arguments)
    async with working(definition, poll_interval=60):
        return await becomes(job_id, status)


async def count_effects(database) -> int:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM effect")


async def test_failed_job_is_tried_again_after_a_growing_wait(database, working, becomes):
    done = await run(database, working, becomes, flaky, "succeeded", failures=2)
    assert tries == [1, 2, 3]
    assert done.result == "done"
    assert done.error is None
    assert done.started_at - done.created_at >= timedelta(seconds=0.6)
    assert await count_effects(database) == 1


async def test_job_fails_after_its_last_try_and_leaves_no_effect(database, working, becomes):
    failed = await run(database, working, becomes, flaky, "failed", failures=9)
    assert tries == [1, 2, 3]
    assert failed.attempt == failed.max_attempts == 3
    assert failed.error == "ValueError: cannot reach postgresql://***@host/db now"
    assert failed.finished_at is not None
    assert await count_effects(database) == 0


async def test_job_may_give_up_at_once(database, working, becomes):
    failed = await run(database, working, becomes, give_up, "failed")
    assert tries == [1]
    assert failed.error == "JobFailed: there is no such thing"


async def test_timeout_ends_a_try_and_counts_as_a_failure(database, working, becomes):
    failed = await run(database, working, becomes, slow, "failed")
    assert tries == [1, 2]
    assert failed.error == "TimeoutError: took longer than 0.1 s"


async def test_error_of_the_database_is_kept_without_statement_and_values(database, working, becomes):
    failed = await run(database, working, becomes, bad_sql, "failed")
    assert failed.error == (
        'NotNullViolationError: null value in column "last_tick" of relation "job_schedule" violates '
        "not-null constraint"
    )
