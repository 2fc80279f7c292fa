"""Enqueueing and running: jobs live and die with the transaction that enqueued them, and take effect once."""

from uuid import UUID

import pytest
from sqlalchemy import text

from fondasi.kit.jobs import JobContext, job


@job(name="test.count")
async def count(context: JobContext, number: int) -> dict[str, int]:
    await context.session.execute(
        text("INSERT INTO effect VALUES (:job, :number)"), {"job": context.job_id, "number": number}
    )
    return {"number": number}


async def effects(database) -> int:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM effect")


async def test_job_runs_with_its_arguments_and_keeps_its_result(database, working, becomes):
    user = UUID(int=7)
    async with database.unit_of_work() as session:
        job_id = await count.enqueue(session, number=3, enqueued_by=user)
    async with working(count):
        done = await becomes(job_id, "succeeded")
    assert done.result == {"number": 3}
    assert done.arguments == {"number": 3}
    assert done.enqueued_by == user
    assert done.attempt == 1
    assert done.error is None
    assert done.started_at <= done.finished_at
    assert await effects(database) == 1


async def test_rolled_back_transaction_drops_its_jobs(database, record):
    with pytest.raises(RuntimeError, match="no"):
        async with database.unit_of_work() as session:
            job_id = await count.enqueue(session, number=1)
            raise RuntimeError("no")
    assert await record(job_id) is None
