"""The pytest plugin, used by a test suite of its own in two xdist workers."""

import os
import subprocess
import sys

SUITE = """
import asyncpg
import pytest
from sqlalchemy import text

from fondasi.kit.db import Base

async def rows(url):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT count(*) FROM user_account")
    finally:
        await connection.close()

@pytest.mark.parametrize("number", range(4))
async def test_starts_clean_whatever_ran_before(clean_database, database_urls, number):
    async with clean_database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM job")) == 0
        assert await session.scalar(text("SELECT count(*) FROM alembic_version")) > 0
        await session.execute(text("INSERT INTO job (id, name, payload) VALUES (gen_random_uuid(), 'x', '{}')"))

async def test_database_of_its_own_can_be_spoiled(scratch_database, database_urls):
    assert scratch_database.owner != database_urls.owner
    connection = await asyncpg.connect(scratch_database.owner)
    await connection.execute("DROP TABLE job CASCADE")
    await connection.close()

@pytest.mark.parametrize("number", range(2))
async def test_client_reaches_the_running_application(client, number):
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/nowhere")).status_code == 404

async def test_worker_has_its_database(database_urls, database_server, tmp_path_factory):
    print("server", database_server.url())
"""
CONFIGURATION = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
"""


def test_workers_share_a_server_and_have_clean_databases_of_their_own(tmp_path):
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text(CONFIGURATION)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--basetemp",
        str(tmp_path / "base"),
        str(tmp_path),
    ]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "8 passed" in run.stdout
    assert not (tmp_path / "base" / "database").exists()
