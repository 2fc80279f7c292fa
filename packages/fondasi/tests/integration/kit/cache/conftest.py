"""Applications with routes whose answers are kept."""

from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from fixtures.redis import redis_server
from integration.kit.cache.shelf import GATE, RUNS, SHELF

from fondasi.identity import create_user
from fondasi.settings import ClientSettings

__all__ = ["redis_server"]


@pytest.fixture(autouse=True)
def runs():
    """How often the function of each route ran."""
    RUNS.clear()
    GATE.set()
    return RUNS


@pytest.fixture
def gate():
    """Closed: the slow route waits, once it has read."""
    GATE.clear()
    return GATE


@pytest_asyncio.fixture
async def people(clean_database):
    async with clean_database.unit_of_work() as session:
        for name in ("ani", "budi"):
            await create_user(session, username=name, password="correct horse battery staple", bio="old")
    return clean_database


@pytest_asyncio.fixture
async def shelf(settings, running, people):
    """A client of an application that keeps answers in its memory."""
    async with running(settings, SHELF) as client:
        yield client


@pytest.fixture
def shelf_database(shelf):
    """The database as that application has it."""
    return shelf._transport.app.state.platform.database


@pytest.fixture
def start(settings, running, people):
    """Clients of applications beside each other: `async with start(2, redis=...) as (first, second)`."""

    class Started(AsyncExitStack):
        def __init__(self, count: int, **changes) -> None:
            super().__init__()
            self.count, self.settings = count, settings.model_copy(update=changes)

        async def __aenter__(self):
            return [await self.enter_async_context(running(self.settings, SHELF)) for _ in range(self.count)]

    return Started


@pytest.fixture
def aged():
    """Settings by which callers use their copies for half a minute."""
    return ClientSettings(cache_max_age=30)
