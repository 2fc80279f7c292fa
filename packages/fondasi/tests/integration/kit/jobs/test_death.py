"""Workers that are killed and databases that crash: no job is lost, and none takes effect twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text

from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import migrate
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings

SCRIPT = Path(__file__).with_name("worker_process.py")
JOBS = 200
KILL_WHEN_DONE = (20, 70, 120)

sys.path.insert(0, str(SCRIPT.parent))
from worker_process import bounded, held, poison, two_effects, writes_nothing  # noqa: E402

sys.path.pop(0)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def start_worker(database) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Start a worker in a process of its own; gives the process id."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), database.url, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    started = []

    async def start() -> int:
        parent.stdin.write(b"\n")
        started.append(int(await parent.stdout.readline()))
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    parent.stdin.close()
    await parent.wait()


async def end(process: int, number: int = signal.SIGKILL) -> None:
    async with asyncio.timeout(60):
        with suppress(ProcessLookupError):
            os.kill(process, number)
            while True:
                os.kill(process, 0)
                await asyncio.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def enqueue(database, seconds, count=1, what=two_effects):
    async with database.unit_of_work() as session:
        return [await what.enqueue(session, seconds=seconds) for _ in range(count)]


async def until(database, query, wanted, seconds=60):
    async with asyncio.timeout(seconds), database.connection() as connection:
        while (found := await connection.fetchval(query)) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def assert_each_took_effect_once(database, jobs):
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT job_id, count(*), sum(number) FROM effect GROUP BY job_id")
        statuses = await connection.fetch("SELECT status, count(*) FROM job GROUP BY status")
    assert {row["status"]: row["count"] for row in statuses} == {"succeeded": jobs}
    assert len(rows) == jobs
    assert {(row["count"], row["sum"]) for row in rows} == {(2, 3)}


@pytest.mark.long
@pytest.mark.parametrize("what", [two_effects, writes_nothing], ids=lambda job: job.name)
async def test_slow_worker_keeps_its_job_and_a_dead_one_loses_it(  # noqa: PLR0917 - all that it looks at
    database, start_worker, working, becomes, record, what
):
    (job_id,) = await enqueue(database, seconds=1, what=what)
    process = await start_worker()
    await until(database, "SELECT max(coalesce(progress_done, 0)) FROM job", 1)
    os.kill(process, signal.SIGSTOP)
    async with working(what):
        await asyncio.sleep(1.4)
        assert (await record(job_id)).abandoned == 0
        await end(process)
        done = await becomes(job_id, "succeeded")
    assert (done.attempt, done.abandoned) == (1, 1)
    if what is two_effects:
        await assert_each_took_effect_once(database, 1)


async def test_terminated_worker_finishes_its_jobs_and_takes_no_more(database, start_worker, record, holding):
    process = await start_worker()
    async with holding():
        async with database.unit_of_work() as session:
            running = [await held.enqueue(session) for _ in range(4)]
        await until(database, "SELECT count(*) FROM job WHERE progress_done IS NOT NULL", 4)
        (waiting,) = await enqueue(database, seconds=0)
        os.kill(process, signal.SIGTERM)
    await end(process, signal.SIGTERM)
    assert {(await record(job_id)).status for job_id in running} == {"succeeded"}
    assert (await record(waiting)).status == "queued"


async def test_no_job_is_lost_or_doubled_over_random_kills(database, start_worker):
    await enqueue(database, seconds=0.05, count=JOBS)
    processes = [await start_worker(), await start_worker()]
    for done in KILL_WHEN_DONE:
        await until(database, "SELECT count(*) FROM job WHERE status = 'succeeded'", done)
        await end(processes.pop())
        processes.append(await start_worker())
    await until(database, "SELECT count(*) FROM job WHERE finished_at IS NOT NULL", JOBS)
    for process in processes:
        await end(process, signal.SIGTERM)
    await assert_each_took_effect_once(database, JOBS)


async def test_worker_that_lost_its_claim_writes_nothing(database, working, becomes, holding):
    """Another worker took the job over, say after this one's machine slept: the late success must not count."""
    async with working(held):
        async with holding():
            async with database.unit_of_work() as session:
                job_id = await held.enqueue(session)
            await until(database, "SELECT count(*) FROM job WHERE progress_done IS NOT NULL", 1)
            async with database.connection() as connection:
                await connection.execute(
                    "UPDATE job SET claim_id = gen_random_uuid(), worker_id = gen_random_uuid()"
                )
        assert (await becomes(job_id, "succeeded")).abandoned == 1
    await assert_each_took_effect_once(database, 1)


@pytest.mark.long
async def test_only_the_job_that_kills_its_workers_fails(database, start_worker, record):
    async with database.unit_of_work() as session:
        fatal = await poison.enqueue(session)
    innocent = await enqueue(database, seconds=1.5, count=3)
    async with database.connection() as connection:
        # What has died often waits long before the next try: not here.
        at_once = "UPDATE job SET scheduled_for = now() WHERE status = 'queued' AND scheduled_for > now()"
        async with asyncio.timeout(120):
            while await connection.fetchval("SELECT count(*) FROM job WHERE finished_at IS NULL"):
                process = await start_worker()
                while is_alive(process) and await connection.fetchval(
                    "SELECT count(*) FROM job WHERE finished_at IS NULL"
                ):
                    await connection.execute(at_once)
                    await asyncio.sleep(0.05)
    assert [(await record(one)).status for one in innocent] == ["succeeded"] * 3
    failed = await record(fatal)
    assert (failed.status, failed.abandoned) == ("failed", 10)
    assert max([(await record(one)).abandoned for one in innocent]) <= 3
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM effect") == 6


async def test_job_of_a_worker_that_stands_still_is_taken_over_after_its_timeout(
    database, start_worker, working, becomes
):
    async with database.unit_of_work() as session:
        job_id = await bounded.enqueue(session)
    process = await start_worker()
    await until(database, "SELECT max(coalesce(progress_done, 0)) FROM job", 1)
    os.kill(process, signal.SIGSTOP)
    async with working(bounded):
        done = await becomes(job_id, "succeeded")
    assert (done.attempt, done.abandoned) == (1, 1)
    await end(process)


async def test_dead_workers_job_is_taken_over_though_its_heartbeat_lies_ahead(
    database, start_worker, working, becomes
):
    """The clock was an hour ahead when its worker died, and came back."""
    (job_id,) = await enqueue(database, seconds=1)
    process = await start_worker()
    await until(database, "SELECT max(coalesce(progress_done, 0)) FROM job", 1)
    await end(process)
    async with database.connection() as connection:
        await connection.execute("UPDATE job SET heartbeat_at = now() + interval '1 hour'")
    async with working(two_effects):
        await becomes(job_id, "succeeded", seconds=30)


async def test_job_waits_for_the_end_of_a_transaction_that_still_works_on_it(
    database, working, becomes, record
):
    """Its first worker lost the connection, but the server has not noticed yet."""
    (job_id,) = await enqueue(database, seconds=0)
    async with database.connection() as connection:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(job_id))
            async with working(two_effects):
                await asyncio.sleep(0.5)
        waiting = await record(job_id)
        assert (waiting.status, waiting.attempt) == ("queued", 0)
    async with working(two_effects):
        await becomes(job_id, "succeeded")
    await assert_each_took_effect_once(database, 1)


async def test_job_that_swallows_the_loss_of_its_lock_does_not_succeed(database, working, record):
    ran = asyncio.Event()

    @job(name="test.swallows", retries=0)
    async def swallows(context: JobContext) -> None:
        with suppress(Exception):
            await context.session.execute(text("SELECT 1"))
        ran.set()

    async with database.unit_of_work() as session:
        job_id = await swallows.enqueue(session)
    async with database.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(job_id))
        async with working(swallows), asyncio.timeout(60):
            await ran.wait()
    waiting = await record(job_id)
    assert (waiting.status, waiting.attempt) == ("queued", 0)


async def test_success_is_written_though_the_workers_own_connection_is_lost(
    database, working, becomes, monkeypatch
):
    monkeypatch.setattr("fondasi.kit.jobs.worker.FIRST_RECONNECT", 2.0)
    lost = asyncio.Event()

    @job(name="test.outlives", retries=0)
    async def outlives(context: JobContext) -> None:
        await lost.wait()

    async with working(outlives) as worker:
        async with database.unit_of_work() as session:
            job_id = await outlives.enqueue(session)
        await becomes(job_id, "running")
        async with database.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'fondasi worker' AND datname = current_database()"
            )
        async with asyncio.timeout(60):
            while worker._control._connection is not None:  # noqa: ASYNC110 - the worker notices
                await asyncio.sleep(0.01)
        lost.set()
        done = await becomes(job_id, "succeeded")
    assert (done.attempt, done.abandoned) == (1, 0)


async def test_jobs_that_find_no_free_connection_wait_for_one(database, job_settings):
    narrow = Database(database.url, DatabaseSettings(pool_size=1, pool_overflow=0, pool_timeout=0.1))
    await enqueue(database, seconds=0.3, count=4)
    async with Worker(None, narrow, JobRegistry([two_effects]), job_settings).running():
        await until(database, "SELECT count(*) FROM job WHERE status = 'succeeded'", 4)
    await narrow.close()
    await assert_each_took_effect_once(database, 4)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT max(attempt) + max(abandoned) FROM job") == 1


async def test_worker_survives_a_crash_of_the_database(tmp_path, job_settings):
    async with await EmbeddedServer.start(tmp_path, durable=False) as server:
        url = server.url("app")
        await migrate(server.url("owner"), app_role="fondasi_app")
        superuser = await asyncpg.connect(server.url("superuser"))
        for statement in (
            "CREATE TABLE effect (job_id uuid, number int)",
            "GRANT ALL ON effect TO fondasi_app",
            "ALTER ROLE fondasi_app SET synchronous_commit = on",
            "CHECKPOINT",
        ):
            await superuser.execute(statement)
        await superuser.close()
        client, database = Database(url, DatabaseSettings()), Database(url, DatabaseSettings())
        worker = Worker(None, database, JobRegistry([two_effects]), job_settings)
        async with worker.running():
            await enqueue(client, seconds=0.3, count=12)
            await until(client, "SELECT count(*) FROM job WHERE progress_done IS NOT NULL", 4)
            await client.close()
            await crash(url)
            await enqueue(client, seconds=0, count=3)
            await until(client, "SELECT count(*) FROM job WHERE status = 'succeeded'", 15)
        await assert_each_took_effect_once(client, 15)
        await client.close()
        await database.close()


async def crash(url):
    """Kill a backend, upon which PostgreSQL ends all the others, and wait until it is back."""
    victim = await asyncpg.connect(url)
    os.kill(victim.get_server_pid(), signal.SIGKILL)
    async with asyncio.timeout(60):
        while not victim.is_closed():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        while True:
            try:
                connection = await asyncpg.connect(url, timeout=2)
                break
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
    await connection.close()
