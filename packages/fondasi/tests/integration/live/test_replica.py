"""A replica that is behind: a change is told when it can be read there."""

import asyncpg
import pytest
from fixtures.streams import change, following
from pydantic import SecretStr

BEHIND = """
CREATE SCHEMA behind;
CREATE TABLE behind.replayed AS SELECT '0/0'::pg_lsn AS up_to;
CREATE FUNCTION behind.pg_is_in_recovery() RETURNS boolean RETURN true;
CREATE FUNCTION behind.pg_last_wal_replay_lsn() RETURNS pg_lsn RETURN (SELECT up_to FROM behind.replayed);
GRANT USAGE ON SCHEMA behind TO PUBLIC;
GRANT SELECT ON behind.replayed TO PUBLIC;
"""


@pytest.fixture
async def replica(database_server, scratch_database):
    """A database that says of itself that it is a replica, and how far: what the test lets it."""
    name = scratch_database.app.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(database_server.url("superuser", name))
    await connection.execute(BEHIND)
    await connection.execute(f"ALTER DATABASE {name} SET search_path = behind, public, pg_catalog")
    yield scratch_database.app, connection
    await connection.close()


async def test_what_is_told_can_be_read_there(  # noqa: PLR0917 - fixtures
    replica, settings, shelf_app, served, sign_in, monkeypatch
):
    monkeypatch.setattr("fondasi.runtime.REPLICA_SECONDS", 60.0)
    ani, (address, connection) = await sign_in("ani"), replica
    database = settings.database.model_copy(update={"replica_url": SecretStr(address)})
    with served(shelf_app(database=database)) as url:
        async with following(url, ani) as stream:
            await change(url, ani, "ads", "a")
            for _ in range(3):
                await stream.next("heartbeat")
            assert stream.told == []
            await connection.execute("UPDATE behind.replayed SET up_to = 'FFFFFFFF/0'")
            await stream.next("change")
            assert stream.told == [("ads", "a")]
