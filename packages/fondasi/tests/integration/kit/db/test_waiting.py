"""A job and an entry of the trail wait for the end of their unit of work: one statement where it does no more."""

from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from fondasi.identity.models import User
from fondasi.kit.audit import ActivityRecord, record
from fondasi.kit.db import Database, KeepsWork, driver_connection
from fondasi.kit.jobs import JobContext, JobRecord, JobRegistry, TooManyJobs, job
from fondasi.kit.jobs.definition import REGISTRY
from fondasi.settings import DatabaseSettings

ANI = UUID(int=1)
ENTRY = ("things.made", "things", "Made.")


@job(name="waiting.quick")
async def quick(context: JobContext) -> None:
    """Does nothing."""


class RefusedError(KeepsWork, Exception):
    """Says no and undoes nothing."""


@pytest.fixture
async def database(clean_database, database_urls):
    own = Database(database_urls.app, DatabaseSettings())
    own.info[REGISTRY] = JobRegistry([quick], most_per_caller=1)
    yield own
    await own.close()


@asynccontextmanager
async def both(database):
    """A unit of work that asks for a job and writes an entry."""
    async with database.unit_of_work() as session:
        await quick.enqueue(session, enqueued_by=ANI)
        await record(session, *ENTRY)
        yield session


async def counts(database) -> dict[str, int]:
    async with database.read_session() as session:
        return {
            table.__tablename__: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in (JobRecord, ActivityRecord, User)
        }


async def test_both_are_written_in_one_transaction_of_one_statement(database):
    async with both(database):
        pass
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}
    async with database.read_session() as session:
        made_by = await session.execute(
            text("SELECT xmin::text FROM job UNION SELECT xmin::text FROM activity")
        )
        assert len(made_by.all()) == 1


async def test_both_are_found_by_whatever_the_session_is_asked_next(database):
    async with both(database) as session:
        assert await session.scalar(select(func.count()).select_from(JobRecord)) == 1
        assert await (await driver_connection(session)).fetchval("SELECT count(*) FROM activity") == 1
        assert await counts(database) == {"job": 0, "activity": 0, "user": 0}  # for others
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}


async def test_both_go_where_their_unit_of_work_fails(database):
    with pytest.raises(LookupError):
        async with both(database):
            raise LookupError
    assert await counts(database) == {"job": 0, "activity": 0, "user": 0}


async def test_both_stay_where_a_refusal_keeps_the_work(database):
    with pytest.raises(RefusedError):
        async with both(database):
            raise RefusedError
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}


async def test_rows_that_were_added_and_not_flushed_share_their_transaction(database):
    async with both(database) as session:
        session.add(User(username="ani", name="Ani"))
    assert await counts(database) == {"job": 1, "activity": 1, "user": 1}
    with pytest.raises(TooManyJobs):
        async with both(database) as session:
            session.add(User(username="budi", name="Budi"))
    assert await counts(database) == {"job": 1, "activity": 1, "user": 1}


async def test_job_over_the_cap_is_refused_at_the_end_and_nothing_of_it_is_written(database):
    async with both(database):
        pass
    with pytest.raises(TooManyJobs):
        async with both(database):
            pass
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}


async def test_job_over_the_cap_is_refused_by_whatever_the_session_is_asked_next(database):
    async with both(database):
        pass
    with pytest.raises(TooManyJobs):
        async with both(database) as session:
            await session.execute(text("SELECT 1"))
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}


async def test_jobs_and_entries_of_one_unit_of_work_keep_their_number(database):
    async with database.unit_of_work() as session:
        for _ in range(3):
            await quick.enqueue(session)
            await record(session, *ENTRY)
    assert await counts(database) == {"job": 3, "activity": 3, "user": 0}


async def test_what_a_savepoint_undoes_is_not_done_later(database):
    async with database.unit_of_work() as session:
        with pytest.raises(LookupError):
            async with session.begin_nested():
                await quick.enqueue(session, enqueued_by=ANI)
                await record(session, *ENTRY)
                raise LookupError
    assert await counts(database) == {"job": 0, "activity": 0, "user": 0}


async def test_what_is_rolled_back_is_not_done_later(database):
    async with both(database) as session:
        await session.rollback()
    assert await counts(database) == {"job": 0, "activity": 0, "user": 0}


async def test_entry_before_a_job_over_the_cap_goes_with_it(database):
    async with both(database):
        pass
    with pytest.raises(TooManyJobs):
        async with database.unit_of_work() as session:
            await record(session, *ENTRY)
            await quick.enqueue(session, enqueued_by=ANI)
    assert await counts(database) == {"job": 1, "activity": 1, "user": 0}
