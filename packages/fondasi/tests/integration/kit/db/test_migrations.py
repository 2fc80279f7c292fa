"""Migrations: they agree with the models, go down and up, take turns, and the app's role cannot touch the schema."""

import asyncio
import pkgutil
import sys
from contextlib import asynccontextmanager
from importlib import import_module
from io import StringIO
from uuid import uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from rich.console import Console

from fondasi.checks import drift
from fondasi.doctor import diagnose
from fondasi.kit.db import Database, migrations
from fondasi.kit.db.embedded.binaries import find_binaries
from fondasi.kit.db.migrations import (
    PLATFORM_MIGRATIONS,
    MigrationBlockedError,
    UnreadableMigrationsError,
    alembic_config,
    downgrade,
    excess_rights,
    migrate,
    pending_revisions,
    version_table,
)
from fondasi.runtime import migration_packages
from fondasi.settings import DatabaseSettings

SCHEMA = """
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
) AS lines
"""


async def schema_of(addresses) -> str:
    connection = await asyncpg.connect(addresses.owner)
    try:
        return await connection.fetchval(SCHEMA)
    finally:
        await connection.close()


def import_models(packages):
    """Every `models` module below the top packages: a table that nothing imported yet is a table that is missing."""
    for package in packages:
        top = import_module(package.partition(".")[0])
        for found in pkgutil.walk_packages(top.__path__, f"{top.__name__}."):
            if found.name.endswith(".models"):
                import_module(found.name)


async def test_models_and_migrations_agree(database, modules):
    import_models([PLATFORM_MIGRATIONS, *migration_packages(modules)])
    assert await drift(database, modules) == []


async def test_every_migration_goes_down_and_up_again(scratch_database, modules):
    packages = [PLATFORM_MIGRATIONS, *migration_packages(modules)]
    before = await schema_of(scratch_database)
    for package in reversed(packages):
        revisions = list(ScriptDirectory.from_config(alembic_config(package)).walk_revisions())
        for revision in revisions:
            await downgrade(scratch_database.owner, package, revision.down_revision or "base")
    left = await schema_of(scratch_database)
    assert {line.partition(".")[0].split()[0] for line in left.splitlines() if "." in line} <= {
        "CREATE",
        *(version_table(package) for package in packages),
    }
    await migrate(scratch_database.owner, packages[1:], app_role=scratch_database.app_role)
    assert await schema_of(scratch_database) == before


async def test_second_run_changes_nothing(scratch_database, modules):
    before = await schema_of(scratch_database)
    await migrate(scratch_database.owner, migration_packages(modules), app_role=scratch_database.app_role)
    assert await schema_of(scratch_database) == before
    assert await pending_revisions(scratch_database.owner, migration_packages(modules)) == []


async def test_the_rest_migrates_without_a_module_that_was_switched_off(scratch_database, modules):
    await migrate(scratch_database.owner, [], app_role=scratch_database.app_role)
    assert await pending_revisions(scratch_database.owner) == []
    connection = await asyncpg.connect(scratch_database.app)
    for package in migration_packages(modules):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"DELETE FROM {version_table(package)}")
    await connection.close()


async def test_two_that_migrate_at_the_same_time_take_turns(database_server, modules):
    await database_server.create_database("race")
    try:
        owner, packages = database_server.url("owner", "race"), migration_packages(modules)
        await asyncio.gather(*(migrate(owner, packages) for _ in range(2)))
        assert await pending_revisions(owner, packages) == []
    finally:
        await database_server.drop_database("race")


async def test_pending_revisions_are_named(database_server, modules):
    await database_server.create_database("empty")
    try:
        pending = await pending_revisions(database_server.url("app", "empty"), migration_packages(modules))
        assert any(name.startswith("fondasi_") for name in pending)
    finally:
        await database_server.drop_database("empty")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        'DROP TABLE "user"',
        'ALTER TABLE "user" ADD COLUMN x int',
        'TRUNCATE "user"',
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('x')",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        'GRANT ALL ON "user" TO PUBLIC',
        "SET ROLE fondasi_owner",
        "COPY \"user\" TO '/tmp/stolen'",
        "COPY \"user\" FROM PROGRAM 'id'",
    ],
)
async def test_role_of_the_app_cannot(database_urls, statement):
    connection = await asyncpg.connect(database_urls.app)
    try:
        if statement.startswith("GRANT"):  # PostgreSQL only warns
            await connection.execute(statement)
            granted = "SELECT has_table_privilege('public', '\"user\"', 'SELECT')"
            assert not await connection.fetchval(granted)
            return
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedObjectError)):
            await connection.execute(statement)
    finally:
        await connection.close()


class TestAMigrationThatHasToWait:
    async def test_gives_up_with_a_sentence_and_changes_nothing(self, scratch_database, modules, monkeypatch):
        monkeypatch.setattr(migrations, "PAUSES", (0, 0))
        monkeypatch.setattr(migrations, "TURN_SECONDS", 1)
        packages = migration_packages(modules)
        await downgrade(scratch_database.owner, "posts.migrations")
        writer = await asyncpg.connect(scratch_database.app)
        other = await asyncpg.connect(scratch_database.app)
        migrating = asyncio.create_task(asyncio.sleep(0))
        try:
            async with writer.transaction():
                await writer.execute('LOCK TABLE "user" IN ROW EXCLUSIVE MODE')
                migrating = asyncio.create_task(migrate(scratch_database.owner, packages))
                while not migrating.done():  # its lock stands before that of the other one, but not for long
                    await other.execute('UPDATE "user" SET name = name WHERE false', timeout=30)
                    await asyncio.sleep(0.05)
                with pytest.raises(
                    MigrationBlockedError, match=r"waited 3 times .* Nothing was changed: run"
                ):
                    await migrating
            assert await pending_revisions(scratch_database.owner, packages) != []
            await migrate(scratch_database.owner, packages)
            assert await pending_revisions(scratch_database.owner, packages) == []
        finally:
            migrating.cancel()
            await writer.close()
            await other.close()


RIGHTS = """
SELECT string_agg(format('%s %s', table_name, privilege_type), E'\n' ORDER BY 1, table_name, privilege_type)
FROM information_schema.role_table_grants WHERE grantee = 'fondasi_app' AND table_schema = 'public'
"""


async def test_rights_after_a_restore_are_those_after_migrating(
    scratch_database, database_server, modules, settings, tmp_path
):
    """As docs/database.md restores: without owners, rights and comments."""
    before = await value_of(scratch_database.owner, RIGHTS)
    source = scratch_database.owner.partition("@/")[2].partition("?")[0]
    async with new_database(database_server) as restored:
        dump, programs = tmp_path / "dump", find_binaries()
        superuser = database_server.url("superuser", source)
        await run(programs / "pg_dump", "--format=custom", f"--file={dump}", superuser)
        owner = database_server.url("owner", restored)
        options = ["--no-owner", "--no-acl", "--no-comments"]
        await run(programs / "pg_restore", *options, f"--dbname={owner}", dump)
        app = Database(database_server.url("app", restored), DatabaseSettings())
        try:
            await migrate(owner, migration_packages(modules), app_role="fondasi_app")
            assert await value_of(owner, RIGHTS) == before
            async with app.read_session() as session:
                assert await excess_rights(session) == []
            await value_of(owner, "GRANT UPDATE ON activity TO fondasi_app")
            async with app.read_session() as session:
                assert await excess_rights(session) == ["UPDATE activity"]
            here = DatabaseSettings(
                url=SecretStr(database_server.url("app", restored)), owner_url=SecretStr(owner)
            )
            shown = StringIO()
            await diagnose(settings.model_copy(update={"database": here}), Console(file=shown, width=200))
            assert "the app's role may UPDATE activity: run `fondasi migrate`" in shown.getvalue()
        finally:
            await app.close()


@asynccontextmanager
async def new_database(server):
    name = f"restored_{uuid4().hex}"
    await server.create_database(name)
    try:
        yield name
    finally:
        await server.drop_database(name)


async def value_of(url: str, query: str):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def run(*command) -> None:
    process = await asyncio.create_subprocess_exec(*map(str, command), stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors


class TestUnreadableRevisions:
    """What somebody writes wrong in a first migration is told in a sentence."""

    REVISION = 'revision = "shelf_0001"\ndown_revision = {down}\nbranch_labels = depends_on = None\n'

    @pytest.fixture
    def write(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(tmp_path)
        versions = tmp_path / "shelf" / "migrations" / "versions"

        def write(text):
            versions.mkdir(parents=True)
            for folder in (tmp_path / "shelf", versions.parent, versions):
                (folder / "__init__.py").touch()
            (versions / "0001_shelf.py").write_text(text)

        yield write
        for name in ("shelf", "shelf.migrations"):
            sys.modules.pop(name, None)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (REVISION.format(down='"shelf_0000"'), "a down_revision is 'shelf_0000', and no revision has"),
            (REVISION.format(down='"shelf_0001"'), "shelf_0001"),
            (REVISION.format(down="None") + "def upgrade( -> None:", "SyntaxError"),
            (REVISION.format(down="None") + "import bookshelf", "No module named 'bookshelf'"),
        ],
        ids=["unknown", "itself", "syntax", "import"],
    )
    async def test_are_named(self, write, scratch_database, recwarn, text, said):
        write(text)
        for refused in (pending_revisions, migrate):
            with pytest.raises(UnreadableMigrationsError) as fault:
                await refused(scratch_database.owner, ["shelf.migrations"])
            assert said in str(fault.value)
            assert "Mend that file." in str(fault.value)
        assert [warning for warning in recwarn if "not present" in str(warning.message)] == []

    async def test_that_are_missing_are_drafted(self, write, scratch_database):
        write("")
        with pytest.raises(UnreadableMigrationsError, match="`fondasi migrations draft shelf`"):
            await migrate(scratch_database.owner, ["shelf.migratoins"])
