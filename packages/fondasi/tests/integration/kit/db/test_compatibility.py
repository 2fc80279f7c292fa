"""Servers that are too old, databases that are too new, and doors that are shut: each is a sentence with the remedy."""

from pathlib import Path

import asyncpg
import pytest

from fondasi.kit.db import DatabaseUnavailableError, compatibility
from fondasi.kit.db.compatibility import NewerDatabaseError, UnsuitableDatabaseError
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.engine import connect, open_engine
from fondasi.kit.db.migrations import migrate, pending_revisions
from fondasi.kit.db.troubles import trouble
from fondasi.settings import DatabaseSettings

NEWER = (
    "This database has fondasi_9999, which the code has not: a newer release wrote it, or the file of a revision was "
    "deleted. Update the code, or bring the file back; or, as no command takes a revision back, restore the backup"
)


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def add_rules(file: Path, lines: str) -> None:
    file.write_text(lines + file.read_text())


@pytest.fixture
def variables(scratch_database):
    return {"DATABASE_URL": scratch_database.app, "DATABASE_OWNER_URL": scratch_database.owner}


class TestServer:
    async def test_that_is_too_old_is_named_with_what_to_install(self, scratch_database, monkeypatch):
        monkeypatch.setattr(compatibility, "MINIMUM_POSTGRESQL", 99)
        for work in (migrate, pending_revisions):
            with pytest.raises(
                UnsuitableDatabaseError, match=r"PostgreSQL 18\.\d+; 99 is needed.* postgresql-99 .*pgdg"
            ):
                await work(scratch_database.owner)

    async def test_whose_pgvector_is_too_old_is_named(self, scratch_database, monkeypatch):
        monkeypatch.setattr(compatibility, "MINIMUM_VECTOR", (99, 1))
        sentence = (
            r"has pgvector 0\.8\.\d; 99\.1 is needed.*postgresql-18-pgvector.*ALTER EXTENSION vector UPDATE\."
        )
        with pytest.raises(UnsuitableDatabaseError, match=sentence):
            await migrate(scratch_database.owner)

    async def test_whose_pgvector_this_role_may_not_switch_on_is_named(self, database_server):
        name = "without_vector"
        await database_server.create_database(name)
        try:
            await execute(database_server.url("superuser", name), "DROP EXTENSION vector")
            with pytest.raises(
                UnsuitableDatabaseError, match=r"As a superuser of this database: CREATE EXTENSION vector"
            ):
                await migrate(database_server.url("owner", name))
        finally:
            await database_server.drop_database(name)

    def test_is_the_doctors_business_too(self, tmp_path, fondasi, variables, monkeypatch):
        monkeypatch.setattr(compatibility, "MINIMUM_POSTGRESQL", 99)
        ill = fondasi(tmp_path, "doctor", **variables)
        assert ill.returncode == 1
        told = " ".join(ill.stdout.split())
        assert "; 99 is needed. On Debian and Ubuntu: apt install postgresql-99" in told
        assert "first: apt install postgresql-common, then /usr/share/postgresql-common/pgdg/" in told


class TestModelsWithoutTheirMigration:
    @pytest.fixture
    async def behind(self, scratch_database):
        await execute(scratch_database.owner, "ALTER TABLE webhook DROP COLUMN description")

    @pytest.mark.usefixtures("behind")
    def test_lead_on_to_it_in_migrate_and_doctor(self, tmp_path, fondasi, variables):
        cure = "write the migration with `fondasi migrations draft"
        migrated = fondasi(tmp_path, "migrate", **variables)
        assert "the database has no column webhook.description" in migrated.stderr
        assert cure in migrated.stderr
        assert "up to date" not in migrated.stdout
        told = " ".join(fondasi(tmp_path, "doctor", **variables).stdout.split())
        assert f"the database lacks the column webhook.description: {cure}" in told


class TestNewerData:
    @pytest.fixture
    async def written(self, scratch_database):
        await execute(scratch_database.owner, "UPDATE alembic_version SET version_num = 'fondasi_9999'")
        return scratch_database

    async def test_is_refused_by_migrations_and_starts(self, written):
        for work in (migrate, pending_revisions):
            with pytest.raises(NewerDatabaseError) as caught:
                await work(written.owner)
            assert str(caught.value).startswith(NEWER)

    def test_is_a_sentence_in_commands(self, written, tmp_path, fondasi, variables):
        refused = fondasi(tmp_path, "migrate", **variables)
        assert (refused.returncode, refused.stderr.startswith(NEWER)) == (1, True), refused.stderr
        ill = fondasi(tmp_path, "doctor", **variables)
        assert ill.returncode == 1
        assert NEWER in " ".join(ill.stdout.split())


class TestRefusedConnection:
    @pytest.fixture
    async def guarded(self, tmp_path):
        """A server that asks one role for its password, and lets another not in."""
        async with await EmbeddedServer.start(tmp_path / "data", durable=False) as server:
            lines = "local all asked scram-sha-256\nlocal all barred reject\nlocal all unknown trust\n"
            add_rules(tmp_path / "data/postgres/pg_hba.conf", lines)
            await execute(
                server.url("superuser"),
                "CREATE ROLE asked LOGIN PASSWORD 'right'",
                "CREATE ROLE barred LOGIN",
                "SELECT pg_reload_conf()",
            )
            yield server

    async def test_says_that_the_server_was_reached_and_what_it_said(self, guarded):
        where = guarded.url().partition("@")[2]
        cases = {
            f"asked:hunter2@{where}": "the password was refused",
            f"barred@{where}": "lets this user not in",
            f"unknown@{where}": "lets this user not in",
            f"fondasi_app@{where.replace('/fondasi?', '/nothing?')}": "has no database of that name",
        }
        for address, sentence in cases.items():
            with pytest.raises(DatabaseUnavailableError) as caught:
                await connect(f"postgresql://{address}", DatabaseSettings())
            message = str(caught.value)
            assert "was reached, and " in message
            assert sentence in message
            assert "hunter2" not in message

    async def test_names_the_host_that_was_understood(self):
        with pytest.raises(
            DatabaseUnavailableError, match=r"^PostgreSQL at 127\.0\.0\.1:1 cannot be reached"
        ):
            await connect("postgresql://a:hunter2@127.0.0.1:1/x", DatabaseSettings())


async def test_full_disk_is_one_sentence_whichever_layer_tells_it(scratch_database):
    statement = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
    engine = open_engine(scratch_database.app)
    try:
        async with engine.connect() as connection:
            with pytest.raises(Exception, match="53100") as caught:
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
    assert trouble(caught.value) == "The disk of the database is full; free some space."
    with pytest.raises(asyncpg.DiskFullError) as told:
        await execute(scratch_database.app, statement)
    assert trouble(told.value) == trouble(caught.value)
