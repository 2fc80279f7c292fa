"""What the tests of tenancy share: statements that are sent, and an application with a tenant's tables of its own."""

import sys
from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import event

from fondasi.app import create_app
from fondasi.runtime import migrate_modules, platform_modules
from fondasi.testing import copy_database, running

sys.path.insert(0, str(Path(__file__).parents[2]))  # tenant_notes


@pytest.fixture
def statements(app):
    """SQL that sessions of the application send: `with statements() as sent`."""

    @contextmanager
    def watching():
        sent: list[str] = []
        engine = app.state.platform.database._writer.sync_engine

        def note(_connection, _cursor, statement, *_):
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield sent
        event.remove(engine, "before_cursor_execute", note)

    return watching


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_addresses(database_server, database_template) -> AsyncIterator:
    """A database with the tables of the module `tenant_notes`."""
    from tenant_notes import module

    async with copy_database(database_server, database_template) as addresses:
        await migrate_modules(addresses, [*platform_modules(), module])
        yield addresses


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_app(notes_addresses, settings) -> AsyncIterator:
    """The platform with that module."""
    from tenant_notes import module

    update = {
        "url": SecretStr(notes_addresses.app),
        "owner_url": SecretStr(notes_addresses.owner),
        "pool_size": 4,
    }
    update["pool_overflow"] = 0
    changes = {
        "database": settings.database.model_copy(update=update),
        "http": settings.http.model_copy(update={"access_log": False}),
    }
    app = create_app(settings.model_copy(update=changes), [*platform_modules(), module])
    async with running(app):
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_client(notes_app) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(notes_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.fixture(scope="module")
def notes_town(notes_app, notes_client, town_of):
    return town_of(notes_app, notes_client)
