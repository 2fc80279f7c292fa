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
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from fondasi.testing.browser import PASSWORD as _PASSWORD
from fondasi.testing.browser import chromium, open_browser, served_url  # noqa: F401 - fixtures of the plugin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    import asyncpg
    import httpx
    from fastapi import FastAPI

    from fondasi.kit.db import Database
    from fondasi.kit.db.embedded import EmbeddedServer
    from fondasi.kit.jobs import Job
    from fondasi.module import Module
    from fondasi.runtime import Addresses
    from fondasi.settings import Settings

_TEMPLATE_LOCK = 0x74657374  # "test": one process makes the template, the others wait
_JOB_SECONDS = 60
_BASE_URL = "http://testserver"


class SignIn(Protocol):
    """Makes a user and signs them in."""

    async def __call__(self, username: str, *, superuser: bool = False) -> dict[str, str]:
        """The headers of a request of theirs."""


class Join(Protocol):
    """Makes a user who is a member of a tenant, and signs them in."""

    async def __call__(self, username: str, tenant_id: str, *, role: str = "member") -> dict[str, str]:
        """The headers of a request of theirs."""


class RunJobs(Protocol):
    """Runs what waits of some jobs."""

    async def __call__(self, *jobs: Job) -> None:
        """Return when none of them is due or running any more."""


# Tables with rows.
_WRITTEN = """
SELECT coalesce(array_agg(name), '{{}}') FROM ({exists}) AS written (name)
"""
# A table made in a test counts from its first row on.
_TABLES = """
SELECT coalesce(array_agg(format('%I.%I', nspname, relname) ORDER BY 1), '{}')
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition
  AND nspname <> 'information_schema' AND nspname !~ '^pg_'
"""
# Rows are deleted, for new files cost more than a few dead rows. As a replica does it: no trigger forbids it, and no
# foreign key asks for an order. The lock waits for whoever writes; lock_timeout turns a transaction that a test left
# open into an error, and deadlock_timeout sends an autovacuum away.
_EMPTY = """
CREATE FUNCTION pg_temp.empty(tables text[]) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '5s' SET deadlock_timeout = '10ms' SET session_replication_role = replica AS $$
DECLARE
    each text;
BEGIN
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', array_to_string(tables, ', '));
    FOREACH each IN ARRAY tables LOOP
        EXECUTE format('DELETE FROM %s', each);
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_depend ON objid = seqrelid
        WHERE refobjid = ANY(tables::regclass[]) AND pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$;
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
    from fondasi.runtime import migrate_modules

    names = ",".join(module.name for module in modules)
    name = f"template_{hashlib.sha256(names.encode()).hexdigest()[:12]}"
    return await make_template(database_server, name, lambda addresses: migrate_modules(addresses, modules))


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


class _Cleaner:
    """Empties the tables that tests wrote to."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._kept: frozenset[str] = frozenset()
        self._tables: list[str] = []
        self._written = ""

    async def keep(self) -> None:
        """Rows of now stay for good: the migrations brought them."""
        await self._connection.execute(_EMPTY)
        self._kept = frozenset(await self._find())

    async def clean(self) -> None:
        if written := await self._find():
            await self._connection.execute("SELECT pg_temp.empty($1)", written)

    async def _find(self) -> list[str]:
        tables: list[str] = await self._connection.fetchval(_TABLES)
        if tables != self._tables:
            self._tables = tables
            exists = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables]  # noqa: S608
            self._written = _WRITTEN.format(exists=" UNION ALL ".join(exists))
        written: list[str] = await self._connection.fetchval(self._written)
        return [name for name in written if name not in self._kept]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _cleaner(database_server: EmbeddedServer, database_urls: Addresses) -> AsyncIterator[_Cleaner]:
    import asyncpg

    name = database_urls.app.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(database_server.url("superuser", name))
    cleaner = _Cleaner(connection)
    await cleaner.keep()
    yield cleaner
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def clean_database(database: Database, _cleaner: _Cleaner) -> Database:
    """This worker's database as the migrations left it: tables that a test has written to are emptied."""
    await _cleaner.clean()
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

    from fondasi.settings import DatabaseSettings, Environment, QuotaSettings, Settings, UiSettings

    return Settings(
        _env_file=None,
        environment=Environment.LOCAL,
        secret_key=SecretStr(hashlib.sha256(b"tests").hexdigest()),
        data_dir=tmp_path_factory.mktemp("data"),
        database=DatabaseSettings(url=SecretStr(database_urls.app), owner_url=SecretStr(database_urls.owner)),
        quota=QuotaSettings(user_limit=10**6, address_limit=10**6, login_limit=10**6),
        ui=UiSettings(enabled=False),  # whether its pages were built here or not
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


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(client: httpx.AsyncClient, clean_database: Database, settings: Settings) -> SignIn:
    """Users with a session. A test awaits the call and gets the headers of their requests."""
    from fondasi.identity import create_user

    async def create(username: str, *, superuser: bool = False) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=_PASSWORD, superuser=superuser)
        credentials = {"username": username, "password": _PASSWORD}
        answer = await client.post(f"{settings.api_prefix}/login", json=credentials)
        answer.raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


@pytest_asyncio.fixture(loop_scope="session")
async def join(clean_database: Database, sign_in: SignIn) -> Join:
    """Members of a tenant, without an invitation. A test awaits the call and gets the headers of their requests."""
    from sqlalchemy import text

    member = text(
        'INSERT INTO membership (tenant_id, user_id, role) SELECT :tenant, id, :role FROM "user" WHERE username = :name'
    )

    async def add(username: str, tenant_id: str, *, role: str = "member") -> dict[str, str]:
        headers = await sign_in(username)
        tenant = UUID(tenant_id)
        async with clean_database.unit_of_work(tenant=tenant) as session:
            await session.execute(member, {"tenant": tenant, "role": role, "name": username})
        return headers

    return add


@pytest_asyncio.fixture(loop_scope="session")
async def run_jobs(app: FastAPI, clean_database: Database) -> RunJobs:
    """The queue, emptied of some jobs: a test awaits the call, which returns when none is due or running."""
    from sqlalchemy import func, select

    from fondasi.kit.jobs import JobRecord, JobRegistry, Worker
    from fondasi.settings import JobSettings

    async def run(*jobs: Job) -> None:
        waiting = select(func.count()).where(
            JobRecord.name.in_([job.name for job in jobs]),
            JobRecord.status.in_(["queued", "running"]),
            JobRecord.scheduled_for <= func.now(),
        )
        platform = app.state.platform
        worker = Worker(platform, platform.database, JobRegistry(jobs), JobSettings())
        async with worker.running(), asyncio.timeout(_JOB_SECONDS), clean_database.read_session() as session:
            while await session.scalar(waiting):  # noqa: ASYNC110 - another connection changes it
                await asyncio.sleep(0.02)

    return run


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


async def make_template(
    server: EmbeddedServer,
    name: str,
    fill: Callable[[Addresses], Awaitable[object]],
    *,
    copy_of: str | None = None,
) -> str:
    """Make a database that others are copied from, once in a run: whoever comes first does it, the others wait.

    Args:
        server: where.
        name: its name, which is given back.
        fill: brings it to what the copies begin with.
        copy_of: another template, which it begins with itself.
    """
    import asyncpg

    connection = await asyncpg.connect(server.url("superuser", "postgres"))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _TEMPLATE_LOCK)
        # Marked as a template when it is complete, so a half-filled one is made again.
        query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)"
        if not await connection.fetchval(query, name):
            await server.drop_database(name)
            await server.create_database(name, copy_of)
            await fill(_addresses(server, name))
            await connection.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    finally:
        await connection.close()
    return name


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
