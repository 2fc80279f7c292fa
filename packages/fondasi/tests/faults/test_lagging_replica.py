"""A replica that is behind: who is told of a change can read it there."""

import asyncio
import shutil
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import httpx
import pytest
from fixtures.streams import PATIENCE, following
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.kit.db.embedded.account import choose_account
from fondasi.kit.db.embedded.binaries import binaries_for
from fondasi.runtime import platform_modules

TASKS = "/api/v1/tasks"
LAG = "1s"


@pytest.fixture
async def replica(database_server, database_urls):
    """The address of a copy that does everything a second later."""
    cluster = database_server._cluster
    account = choose_account(cluster.directory)
    programs = binaries_for(account)
    folder = Path(mkdtemp(dir="/tmp"))
    account.own(folder)
    copy = folder / "copy"
    source = ["-h", cluster.socket_directory, "-p", "5432", "-U", "postgres"]
    made = account.popen(
        [programs / "pg_basebackup", *source, "-D", copy, "-R", "-X", "stream", "-c", "fast"]
    )
    assert await asyncio.to_thread(made.wait) == 0
    settings = {"unix_socket_directories": folder, "listen_addresses": "", "recovery_min_apply_delay": LAG}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = account.popen([programs / "postgres", "-D", copy, *options])
    url = database_urls.app.replace(str(cluster.socket_directory), str(folder))
    assert url != database_urls.app
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await (await asyncpg.connect(url)).close()
                    break
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.1)
        yield url
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)
        shutil.rmtree(folder)


@pytest.mark.long
async def test_what_is_told_can_be_read_there(replica, settings, served, sign_in):
    ani = await sign_in("ani")
    database = settings.database.model_copy(update={"replica_url": SecretStr(replica)})
    app = create_app(settings.model_copy(update={"database": database}), platform_modules())
    with served(app) as url:
        async with (
            httpx.AsyncClient(base_url=url, timeout=PATIENCE, headers=ani) as client,
            following(url, ani) as stream,
        ):
            for _ in range(3):
                new = {"message": "", "steps": 1, "seconds": 0}
                task_id = (await client.post(TASKS, json=new)).json()["id"]
                assert (await client.get(f"{TASKS}/{task_id}")).status_code == 404  # not there yet
                assert (await stream.next("change")).data["id"] == task_id
                assert (await client.get(f"{TASKS}/{task_id}")).status_code == 200
