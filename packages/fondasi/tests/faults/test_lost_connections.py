"""A way to the database that is gone without a word: requests and workers are back within seconds."""

import asyncio
import socket
from types import SimpleNamespace

import asyncpg
import pytest
from faults.conftest import API, Load
from faults.proxy import proxied
from sqlalchemy import func, select, text

from fondasi.kit.db import Database, DatabaseUnavailableError
from fondasi.kit.db.driver import SOCKET_OPTIONS
from fondasi.kit.db.engine import connect, is_unavailable
from fondasi.kit.jobs import JobContext, JobRecord, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings, JobSettings

BACK_WITHIN = 30.0
PATHS = [f"{API}/users/me", f"{API}/settings", f"{API}/tasks"]
HELD = text("SELECT pg_advisory_xact_lock_shared(1)")
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
LEFT_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"


@job(name="test.held", retries=0)
async def held(context: JobContext) -> None:
    """Waits for the answer to a statement."""
    await context.session.execute(HELD)


@job(name="test.quick", retries=0)
async def quick(context: JobContext) -> None:
    """One statement."""
    await context.session.execute(text("SELECT 1"))


class TestSwallowedConnections:
    @pytest.mark.long
    async def test_requests_are_back_within_half_a_minute(self, behind_proxy):
        async with behind_proxy() as (proxy, client, headers):
            load = Load(client, headers, PATHS)
            async with load.running(16):
                await load.more(100)
                assert {status for *_, status in load.answers} == {200}
                moment = load.now
                assert proxy.swallow() >= 4
                await load.settled(moment, BACK_WITHIN)
            assert {status for *_, status in load.answers} <= {200, 503}

    async def test_requests_after_an_idle_spell_do_not_wait_for_the_dead(self, behind_proxy, monkeypatch):
        monkeypatch.setattr("fondasi.kit.db.driver.PING_AFTER", 0.0)
        async with behind_proxy() as (proxy, client, headers):
            load = Load(client, headers, PATHS)
            async with load.running(8):
                await load.more(50)
            proxy.swallow()
            async with asyncio.timeout(10):
                answers = await asyncio.gather(*(client.get(path, headers=headers) for path in PATHS))
            assert {answer.status_code for answer in answers} == {200}

    async def test_first_connections_of_a_pool_do_not_wait_for_one_another(self, database_urls, monkeypatch):
        """SQLAlchemy asks each new pool's server what it is over one connection, while the others wait for it."""
        many = 6
        all_there = asyncio.Barrier(many)

        async def connect_and_lose(*args, **options):
            connection = await connect(*args, **options)
            if not all_there.broken:
                await all_there.wait()
                proxy.swallow()
            return connection

        monkeypatch.setattr("fondasi.kit.db.engine.connect", connect_and_lose)
        async with proxied(database_urls.app) as (proxy, url):
            behind = Database(url, DatabaseSettings(connect_timeout=2))
            try:
                async with asyncio.timeout(BACK_WITHIN):
                    errors = await asyncio.gather(
                        *(one_read(behind) for _ in range(many)), return_exceptions=True
                    )
                assert all(is_unavailable(error) for error in errors)
                await all_there.abort()
                assert await one_read(behind) == 1
            finally:
                await behind.close()


async def one_read(database) -> int:
    async with database.read_session() as session:
        return await session.scalar(text("SELECT 1"))


async def test_the_kernel_gives_up_who_acknowledges_nothing(database_urls):
    async with proxied(database_urls.app) as (_, url):
        connection = await connect(url, DatabaseSettings())
        way = connection._transport.get_extra_info("socket")
        assert {
            key: way.getsockopt(key[0], getattr(socket, key[1])) for key in SOCKET_OPTIONS
        } == SOCKET_OPTIONS
        await connection.close()


class TestCutConnections:
    async def test_requests_are_never_an_error_of_ours(self, behind_proxy):
        """A server that hangs up in the middle is a 503, whatever the driver calls it."""
        async with behind_proxy() as (proxy, client, headers):
            load = Load(client, headers, PATHS)
            async with load.running(16):
                for _ in range(10):
                    await load.more(50)
                    proxy.cut()
                await load.settled(load.now, 15)
            assert {status for *_, status in load.answers} <= {200, 503}

    @pytest.mark.parametrize(("severity", "ends"), [("FATAL", True), ("PANIC", True), ("ERROR", False)])
    async def test_connection_is_used_no_more_once_the_server_called_an_error_fatal(
        self, database_urls, severity, ends
    ):
        """Its end may come later than the next statement, which the driver then cannot start."""
        connection = await connect(database_urls.app, DatabaseSettings())
        told = {"S": severity, "V": severity, "C": "57P01", "M": "terminating connection"}
        connection.judge(asyncpg.PostgresError.new(told))
        assert connection.is_closed() is ends
        await connection.close()

    async def test_what_the_driver_calls_its_own_fault_is_the_server_s(self, database_urls):
        connection = await connect(database_urls.app, DatabaseSettings())
        with pytest.raises(DatabaseUnavailableError):
            connection.judge(asyncpg.InternalClientError("cannot switch to state 12"))
        assert connection.is_closed()
        assert is_unavailable(asyncpg.InternalClientError("cannot switch to state 12"))


class TestSwallowedConnectionsOfAWorker:
    @pytest.mark.long
    async def test_its_jobs_run_again_as_soon_as_it_gives_them_up(
        self, database, clean_database, database_urls, monkeypatch
    ):
        """The server keeps their transactions, with the locks of the jobs, until it is told to end them."""
        monkeypatch.setattr("fondasi.kit.jobs.control.COMMAND_TIMEOUT", 2.0)
        settings = JobSettings(concurrency=2)
        async with proxied(database_urls.app) as (proxy, url), database.connection() as holder:
            behind = Database(url, DatabaseSettings(statement_timeout=5, idle_transaction_timeout=600))
            platform = SimpleNamespace(database=behind, settings=SimpleNamespace(job=settings))
            worker = Worker(platform, behind, JobRegistry([held, quick]), settings)
            await holder.execute("SELECT pg_advisory_lock(1)")
            try:
                async with worker.running():
                    await enqueue(database, held, 2)
                    async with asyncio.timeout(BACK_WITHIN):
                        while await holder.fetchval(WAITING) != 2:  # noqa: ASYNC110 - the worker changes it
                            await asyncio.sleep(0.02)
                    assert proxy.swallow() >= 3
                    await holder.execute("SELECT pg_advisory_unlock(1)")
                    await enqueue(database, quick, 10)
                    async with asyncio.timeout(BACK_WITHIN):
                        await until(database, "queued", "running", count=0)
                    assert await holder.fetchval(LEFT_OPEN) == 0
            finally:
                await holder.execute("SELECT pg_advisory_unlock_all()")
                await behind.close()


async def enqueue(database, what, count: int) -> None:
    for _ in range(count):
        async with database.unit_of_work() as session:
            await what.enqueue(session)


async def until(database, *statuses: str, count: int) -> None:
    """Wait until so many jobs have one of the statuses."""
    query = select(func.count()).where(JobRecord.status.in_(statuses))
    async with database.read_session() as session:
        while await session.scalar(query) != count:  # noqa: ASYNC110 - another connection changes it
            await asyncio.sleep(0.05)
