"""PgBouncer in transaction mode: works by a setting, and is refused without it."""

import asyncio
import os
import shutil
import socket
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from faults.conftest import API, Load
from faults.proxy import proxied
from faults.test_lost_connections import PATHS, enqueue, quick, until
from pydantic import SecretStr, ValidationError

from fondasi.app import create_app
from fondasi.health.service import detailed
from fondasi.kit.db import Database, DatabaseUnavailableError
from fondasi.kit.db.engine import KEEPALIVES, connection_settings
from fondasi.kit.db.pooling import PoolerError, refuse_unfit_pooler
from fondasi.kit.jobs import JobRegistry, Worker
from fondasi.runtime import external_addresses, platform_modules
from fondasi.settings import DatabaseSettings, JobSettings
from fondasi.testing import running

ODD_ROLE = "app'; DROP ROLE fondasi_app; --"
SETTINGS = connection_settings(DatabaseSettings())
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
DROPPED = ",".join(["", *SETTINGS, *KEEPALIVES])


@pytest.fixture(params=[""])
async def pooler(request, database_urls):
    """The address through PgBouncer in transaction mode."""
    if PROGRAM is None:
        pytest.skip("PgBouncer is not installed: apt install pgbouncer")
    async with proxied(database_urls.app) as (proxy, url):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        folder = _folder()
        user = url.partition("//")[2].partition(":")[0].partition("@")[0]
        (folder / "users").write_text(f'"{user}" ""\n')
        (folder / "ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={proxy.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
            f"pool_mode = transaction\ndefault_pool_size = 5\nserver_tls_sslmode = disable\n"
            f"ignore_startup_parameters = extra_float_digits{request.param}\n"
        )
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = await asyncio.create_subprocess_exec(PROGRAM, "-q", *as_nobody, str(folder / "ini"))
        try:
            async with asyncio.timeout(30):
                while True:
                    try:
                        (await asyncio.open_connection("127.0.0.1", port))[1].close()
                        break
                    except OSError:
                        await asyncio.sleep(0.05)
            yield url.replace(f":{proxy.port}", f":{port}")
        finally:
            process.terminate()
            await process.wait()
            shutil.rmtree(folder)


def _folder() -> Path:
    folder = Path(mkdtemp())
    folder.chmod(0o755)  # it runs as nobody under root
    return folder


@pytest.fixture
async def role_settings(database_server, database_urls):
    """The role carries what else each connection is told."""
    name = database_urls.app.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(database_server.url("superuser", name))
    for setting, value in SETTINGS.items():
        await connection.execute(f"ALTER ROLE fondasi_app IN DATABASE {name} SET {setting} = '{value}'")
    yield
    await connection.execute(f"ALTER ROLE fondasi_app IN DATABASE {name} RESET ALL")
    await connection.close()


async def test_is_refused_where_nobody_told_of_it(pooler):
    with pytest.raises(DatabaseUnavailableError, match="Set DATABASE_POOLER=transaction"):
        await refuse_unfit_pooler(pooler, DatabaseSettings())


@pytest.mark.parametrize("pooler", [DROPPED], indirect=True)
async def test_is_refused_where_it_drops_settings_in_silence(pooler):
    with pytest.raises(PoolerError, match="works in transaction mode"):
        await refuse_unfit_pooler(pooler, DatabaseSettings())


async def test_is_refused_without_the_way_past_it_and_the_settings_of_the_role(pooler, database_urls):
    with pytest.raises(PoolerError, match="needs DATABASE_DIRECT_URL"):
        await refuse_unfit_pooler(pooler, DatabaseSettings(pooler="transaction"))
    told = DatabaseSettings(pooler="transaction", direct_url=SecretStr(database_urls.app))
    with pytest.raises(PoolerError, match=r"ALTER ROLE fondasi_app .* SET statement_timeout = '20000'"):
        await refuse_unfit_pooler(pooler, told)


async def test_the_statements_that_it_asks_for_are_enough(database_server, database_urls):
    """Of a role whose name is no plain word, with limits that are not the usual ones."""
    direct = SecretStr(database_urls.app)
    told = DatabaseSettings(pooler="transaction", direct_url=direct, statement_timeout=7.5, lock_timeout=0)
    name = database_urls.app.partition("@/")[2].partition("?")[0]
    superuser = await asyncpg.connect(database_server.url("superuser", name))
    await superuser.execute(f'CREATE ROLE "{ODD_ROLE}" LOGIN IN ROLE fondasi_app')
    odd = database_urls.app.replace("fondasi_app", quote(ODD_ROLE, safe=""), 1)
    try:
        with pytest.raises(PoolerError) as refusal:
            await refuse_unfit_pooler(odd, told)
        given = str(refusal.value).partition("As a superuser: ")[2].partition(" Then let")[0]
        assert "statement_timeout = '7500'" in given
        assert "lock_timeout" not in given  # no limit is what a server has by itself
        await superuser.execute(given)
        await refuse_unfit_pooler(odd, told)
        with pytest.raises(PoolerError, match="SET statement_timeout = '8000'"):
            await refuse_unfit_pooler(odd, told.model_copy(update={"statement_timeout": 8.0}))
    finally:
        await superuser.execute(f'DROP ROLE "{ODD_ROLE}"')
        await superuser.close()


def test_migrations_go_past_it_where_no_owner_is_named(settings):
    named = {"url": "postgresql://app@pooler/shop", "direct_url": "postgresql://app@server/shop"}
    addresses = external_addresses(settings.model_copy(update={"database": DatabaseSettings(**named)}))
    assert (addresses.app, addresses.owner) == (named["url"], named["direct_url"])
    with pytest.raises(ValidationError, match="direct_url"):
        DatabaseSettings(direct_url="mysql://app@server/shop")


async def test_a_server_without_one_is_welcome(database_urls):
    await refuse_unfit_pooler(database_urls.app, DatabaseSettings())


@pytest.mark.long
async def test_requests_and_jobs_run_through_it(role_settings, pooler, settings, sign_in, database):
    headers = await sign_in("ani")
    told = settings.database.model_copy(
        update={"url": SecretStr(pooler), "pooler": "transaction", "direct_url": settings.database.url}
    )
    app = create_app(settings.model_copy(update={"database": told}), platform_modules())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        load = Load(client, headers, [*PATHS, f"{API}/tenants", f"{API}/sessions"])
        async with load.running(16):
            await load.more(400)
            answer = await client.post(f"{API}/tenants", json={"name": "Pooled"}, headers=headers)
            assert answer.status_code in {201, 403}, answer.text
        assert {status for *_, status in load.answers} == {200}
        assert (await detailed(app.state.platform)).pending_migrations == []
        behind = Database(pooler, told)
        jobs = JobSettings(concurrency=4)
        platform = SimpleNamespace(database=behind, settings=SimpleNamespace(job=jobs))
        async with Worker(platform, behind, JobRegistry([quick]), jobs).running():
            await enqueue(behind, quick, 20)
            for _ in range(5):
                await enqueue(behind, quick, 1)  # a statement without a transaction around it
            async with asyncio.timeout(60):
                await until(database, "succeeded", count=25)
        await behind.close()
