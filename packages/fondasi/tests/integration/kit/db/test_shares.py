"""Who leaves connections to whom: routes to other routes, strangers to members, a lost replica to nobody."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from fondasi.kit.db import Database, DatabaseUnavailableError, replica
from fondasi.kit.db.driver import Circuit
from fondasi.kit.db.shares import Shares, sharer
from fondasi.settings import DatabaseSettings

LONG = 30.0  # seconds that a loaded machine may need for anything


@pytest.fixture
async def small(database_urls):
    """Three connections of four for each route of members, and as many for each of strangers."""
    settings = DatabaseSettings(pool_size=4, pool_overflow=0, stranger_pool_size=4, pool_timeout=LONG)
    database = Database(database_urls.app, settings)
    yield database
    await database.close()


async def read(database: Database, route: str, *, stranger: bool, until: asyncio.Event | None = None):
    sharer.set(route)
    async with database.read_session(stranger=stranger) as session:
        assert await session.scalar(text("SELECT 1")) == 1
        if until is not None:
            await until.wait()


@asynccontextmanager
async def many(database: Database, route: str, *, stranger: bool):
    """Eight requests of a route, of which as many as may hold a connection."""
    end = asyncio.Event()
    tasks = [asyncio.create_task(read(database, route, stranger=stranger, until=end)) for _ in range(8)]
    _, waiting = await asyncio.wait(tasks, timeout=1)
    assert len(waiting) == 8
    yield tasks
    end.set()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("stranger", [False, True], ids=["members", "strangers"])
async def test_other_routes_go_on(small, stranger):
    async with many(small, "busy", stranger=stranger), asyncio.timeout(LONG / 2):
        await asyncio.create_task(read(small, "other", stranger=stranger))


@pytest.mark.parametrize("crowd", [False, True], ids=["members", "strangers"])
async def test_strangers_and_members_of_the_same_route_do_not_wait_for_each_other(small, crowd):
    async with many(small, "busy", stranger=crowd), asyncio.timeout(LONG / 2):
        await asyncio.create_task(read(small, "busy", stranger=not crowd))


async def test_what_is_cancelled_gives_its_share_back(small):
    async with many(small, "busy", stranger=False) as tasks:
        for task in tasks:  # those that hold one, and those that wait for one
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with many(small, "other", stranger=False), asyncio.timeout(LONG / 2):
            await asyncio.create_task(read(small, "busy", stranger=False))


async def test_who_waits_in_vain_is_told():
    shares = Shares(1, 0.1)
    sharer.set("busy")
    async with shares.share():
        assert sharer.get() is None  # a second session of the same request waits for no share
        sharer.set("busy")
        with pytest.raises(DatabaseUnavailableError):
            async with shares.share():
                pass
    async with shares.share():
        pass
    sharer.set(None)


async def test_a_busy_replica_is_not_taken_for_a_lost_one(database_urls):
    """Its reads would take the connections of the primary."""
    settings = DatabaseSettings(pool_size=1, pool_overflow=0, pool_timeout=0.3)
    database = Database(database_urls.app, settings, replica_url=database_urls.app)
    async with database.read_session() as session:
        await session.scalar(text("SELECT 1"))
        with pytest.raises(PoolTimeoutError):
            await read(database, "other", stranger=False)
    assert not database.lacks_replica
    await database.close()


def test_of_those_who_find_a_replica_away_one_tries_it(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(replica, "monotonic", lambda: now)
    engine, circuit = create_async_engine("postgresql+asyncpg://"), Circuit(lambda: None)
    found = replica.Replica(engine, engine, circuit)
    assert found.may_be_asked()
    found.failed()
    assert not found.may_be_asked()
    now += replica.REST_SECONDS
    assert [found.may_be_asked() for _ in range(3)] == [True, False, False]
    assert found.is_away
    found.answered()
    assert [found.may_be_asked() for _ in range(3)] == [True] * 3
    assert not found.is_away
