"""A pytest plugin: one embedded PostgreSQL for the whole run, one migrated database for each xdist worker.

Installed with Fondasi (`pip install fondasi[testing]`), it needs no configuration::

    async def test_reads_posts(client):
        assert (await client.get("/api/v1/posts")).status_code == 200

The modules are all that are installed. Tests and fixtures share the session's event loop, so set
`asyncio_default_test_loop_scope = "session"`.
"""

# ruff: noqa: PLC0415 - pytest loads plugins in every run, whether or not a test needs the platform

from __future__ import annotations

import asyncio
import hashlib
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    import asyncpg
    import httpx
    from fastapi import FastAPI

    from fondasi.kit.db import Database
    from fondasi.kit.db.embedded import EmbeddedServer
    from fondasi.module import Module
    from fondasi.runtime import Addresses
    from fondasi.settings import Settings

_TEMPLATE_LOCK = 0x74657374  # "test": one process makes the template, the others wait
_BASE_URL = "http://testserver"

# Rows that the migrations brought stay; lock_timeout turns a transaction that a test left open into an error.
_CLEAN = """
CREATE FUNCTION pg_temp.clean(kept text[]) RETURNS void LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    candidate text;
    written boolean;
    tables text[] := '{}';
BEGIN
    FOR candidate IN SELECT unnest(pg_temp.tables()) EXCEPT SELECT unnest(kept) LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', candidate) INTO written;
        IF written THEN
            tables := tables || candidate;
        END IF;
    END LOOP;
    IF tables <> '{}' THEN
        EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', array_to_string(tables, ', '));
    END IF;
END $$;
CREATE FUNCTION pg_temp.tables() RETURNS text[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(format('%I.%I', nspname, relname)), '{}')
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND NOT relispartition
      AND nspname <> 'information_schema' AND nspname !~ '^pg_'
$$;
"""


@pytest.fixture(scope="session")
def modules() -> Sequence[Module]:
    """The platform's rooms and the installed modules."""
    from fondasi.runtime import all_modules
    from fondasi.settings import Settings

    return all_modules(Settings(_env_file=None, modules=None))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EmbeddedServer]:
    """The server of the whole run; the last xdist worker to finish stops it and removes its data."""
    from fondasi.kit.db.embedded import EmbeddedServer

    base = tmp_path_factory.getbasetemp()
    data_dir = (base.parent if hasattr(request.config, "workerinput") else base) / "database"
    server = await EmbeddedServer.start(data_dir, durable=False)
    yield server
    await server.release()
    await asyncio.to_thread(_remove_if_stopped, data_dir)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_template(database_server: EmbeddedServer, modules: Sequence[Module]) -> str:
    """The name of the migrated database that the others are copied from; made once in a run."""
    import asyncpg

    from fondasi.runtime import migrate_modules

    names = ",".join(module.name for module in modules)
    name = f"template_{hashlib.sha256(names.encode()).hexdigest()[:12]}"
    connection = await asyncpg.connect(database_server.url("superuser", "postgres"))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _TEMPLATE_LOCK)
        # Marked as a template when it is complete, so a half-migrated one is made again.
        query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)"
        if not await connection.fetchval(query, name):
            await database_server.drop_database(name)
            await database_server.create_database(name)
            await migrate_modules(_addresses(database_server, name), modules)
            await connection.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    finally:
        await connection.close()
    return name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_urls(database_server: EmbeddedServer, database_template: str) -> AsyncIterator[Addresses]:
    """Addresses of this worker's database, as the app's role (`app`) and as the owner (`owner`)."""
    async with copy_database(database_server, database_template) as addresses:
        yield addresses


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(database_urls: Addresses) -> AsyncIterator[Database]:
    """This worker's database, with whatever other tests left there."""
    from fondasi.kit.db import Database
    from fondasi.settings import DatabaseSettings

    opened = Database(database_urls.app, DatabaseSettings())
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _cleaner(
    database_server: EmbeddedServer, database_urls: Addresses
) -> AsyncIterator[tuple[asyncpg.Connection, list[str]]]:
    import asyncpg

    name = database_urls.app.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(database_server.url("superuser", name))
    await connection.execute(_CLEAN)
    tables: list[str] = await connection.fetchval("SELECT pg_temp.tables()")
    exists = "SELECT EXISTS (SELECT FROM {})"
    kept = [table for table in tables if await connection.fetchval(exists.format(table))]
    yield connection, kept
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def clean_database(database: Database, _cleaner: tuple[asyncpg.Connection, list[str]]) -> Database:
    """This worker's database as the migrations left it: tables that a test has written to are emptied."""
    connection, kept = _cleaner
    await connection.execute("SELECT pg_temp.clean($1)", kept)
    return database


@pytest_asyncio.fixture(loop_scope="session")
async def scratch_database(
    database_server: EmbeddedServer, database_template: str
) -> AsyncIterator[Addresses]:
    """Addresses of a database of the test's own, for what cannot be undone, such as migrations."""
    async with copy_database(database_server, database_template) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def settings(database_urls: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for this worker's database; nothing is read from `.env`."""
    from pydantic import SecretStr

    from fondasi.settings import DatabaseSettings, Environment, QuotaSettings, Settings

    return Settings(
        _env_file=None,
        environment=Environment.LOCAL,
        secret_key=SecretStr(hashlib.sha256(b"tests").hexdigest()),
        data_dir=tmp_path_factory.mktemp("data"),
        database=DatabaseSettings(url=SecretStr(database_urls.app), owner_url=SecretStr(database_urls.owner)),
        quota=QuotaSettings(user_limit=10**6, address_limit=10**6, login_limit=10**6),
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(settings: Settings, modules: Sequence[Module]) -> AsyncIterator[FastAPI]:
    """The application, started once for each xdist worker."""
    from fondasi.app import create_app

    application = create_app(settings, modules)
    async with running(application):
        yield application


@pytest_asyncio.fixture(loop_scope="session")
async def client(app: FastAPI, clean_database: Database) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001
    """A client of the application, on a clean database. An unexpected error is an answer with status 500."""
    import httpx

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=_BASE_URL) as opened:
        yield opened


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run the lifespan in a task of its own: fixtures are torn down in another task than they were set up."""
    started, ending = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            started.set()
            await ending.wait()

    life = asyncio.create_task(live())
    starting = asyncio.create_task(started.wait())
    await asyncio.wait([life, starting], return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    try:
        if not life.done():
            yield
    finally:
        ending.set()
        await life


@asynccontextmanager
async def copy_database(server: EmbeddedServer, template: str) -> AsyncIterator[Addresses]:
    """Addresses of a new copy of a database, dropped at the end; for fixtures of a wider scope."""
    name = f"test_{uuid4().hex}"
    await server.create_database(name, template)
    try:
        yield _addresses(server, name)
    finally:
        await server.drop_database(name)


def _addresses(server: EmbeddedServer, name: str) -> Addresses:
    from fondasi.runtime import Addresses

    return Addresses(server.url("app", name), server.url("owner", name))


def _remove_if_stopped(data_dir: Path) -> None:
    if not (data_dir / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(data_dir, ignore_errors=True)
