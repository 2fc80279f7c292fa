"""The pytest plugin, used by a test suite of its own in two xdist workers."""

import os
import subprocess
import sys

import pytest

SUITE = """
import asyncpg
import pytest
from sqlalchemy import text

from fondasi.runtime import platform_modules

@pytest.fixture(scope="session")
def modules():
    return platform_modules()

async def execute(url, statement):
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

@pytest.mark.parametrize("number", range(4))
async def test_database_is_clean_whatever_ran_before(clean_database, database_urls, number):
    await execute(database_urls.owner, "CREATE TABLE IF NOT EXISTS note (id int GENERATED ALWAYS AS IDENTITY)")
    async with clean_database.unit_of_work() as session:
        assert await session.scalar(text("INSERT INTO note DEFAULT VALUES RETURNING id")) == 1
        assert await session.scalar(text("SELECT count(*) FROM note")) == 1
        assert await session.scalar(text("SELECT count(*) FROM alembic_version")) > 0

async def test_database_of_its_own_can_be_spoiled(scratch_database, database_urls):
    assert scratch_database.owner != database_urls.owner
    await execute(scratch_database.owner, "DROP TABLE alembic_version")

@pytest.mark.parametrize("number", range(2))
async def test_client_reaches_the_running_application(client, number):
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/nowhere")).status_code == 404
"""
CONFIGURATION = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
"""


@pytest.mark.long
def test_workers_share_a_server_and_have_clean_databases_of_their_own(tmp_path):
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text(CONFIGURATION)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-q", "-n", "2", "-p", "no:schemathesis", "--basetemp", str(tmp_path / "base")]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "7 passed" in run.stdout
    assert not (tmp_path / "base" / "database").exists()
