"""Runs Alembic: the platform's branch first, then the branch of every package.

Each package keeps its own version table, so that a package can be switched off or removed and the rest still migrates.
The shared `env.py` lives in `fondasi.migrations`; every module brings the `versions` folder of its own package.
"""

from __future__ import annotations

import asyncio
import warnings
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from fondasi.kit.db.base import Base
from fondasi.kit.db.compatibility import refuse_newer, refuse_unsuitable
from fondasi.kit.db.engine import open_engine
from fondasi.settings import DatabaseSettings, StartError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)

T = TypeVar("T")

MIGRATION_LOCK = 0x666F6E64  # "fond": one migration at a time, whoever starts it
TURN_SECONDS = 3  # that a migration waits for a table, and others behind it
PAUSES = (1, 2, 4, 8)  # seconds between its turns
LOCK_NOT_AVAILABLE = "55P03"
VERSION_TABLE = "alembic_version"
PLATFORM_MIGRATIONS = "fondasi.migrations"
# What the app's role may not do with a table whose comment says what it is.
RIGHTS_OF_OTHERS = {"append-only": "UPDATE, DELETE", "read-only": "INSERT, UPDATE, DELETE"}
PARTITIONS = """
SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class
WHERE relispartition AND relnamespace <> 'public'::regnamespace
"""
COMMENTED_TABLES = """
SELECT relname, obj_description(oid, 'pg_class') AS comment FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') IS NOT NULL
"""


class MigrationBlockedError(StartError):
    """Somebody else held a table all the time."""

    def __init__(self) -> None:
        super().__init__(
            f"The migration waited {len(PAUSES) + 1} times for a table that others use, such as a running pg_dump or a "
            "long query. Nothing was changed: run `fondasi migrate` again when they are done."
        )


class UnreadableMigrationsError(StartError):
    """The revisions of a package cannot be read, or do not follow one another; the message says why."""

    def __init__(self, package: str, error: Exception) -> None:
        # Alembic looks revisions up by their names.
        reason = (
            f"a down_revision is {error}, and no revision has that name"
            if isinstance(error, KeyError)
            else f"{type(error).__name__}: {error}"
        )
        draft = f"fondasi migrations draft {package.partition('.')[0]}"
        missing = isinstance(error, ModuleNotFoundError) and package.startswith(error.name or package)
        advice = (
            f"Is the name right? The first one is written by `{draft}`." if missing else "Mend that file."
        )
        super().__init__(f"The migrations in {package} cannot be read: {reason}. {advice}")


def alembic_config(package: str, connection: Connection | None = None) -> Config:
    """The Alembic configuration for one package.

    Args:
        package: package that holds a `versions` folder, for example `"courtsight.migrations"`.
        connection: an open connection for `env.py`; None for commands that only read the scripts.
    """
    config = Config()
    config.set_main_option("script_location", str(files(PLATFORM_MIGRATIONS)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(files(package).joinpath("versions")))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table(package)
    return config


def version_table(package: str) -> str:
    """Where Alembic notes how far a package has come."""
    label = package.partition(".")[0]
    return VERSION_TABLE if package == PLATFORM_MIGRATIONS else f"{VERSION_TABLE}_{label}"


def scripts_of(package: str) -> ScriptDirectory:
    """The revisions of a package, all of them read.

    Raises:
        UnreadableMigrationsError: one cannot be read, or does not follow another one.
    """
    try:
        scripts = ScriptDirectory.from_config(alembic_config(package))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a missing one, which is an error as well
            list(scripts.walk_revisions())
    except Exception as error:
        raise UnreadableMigrationsError(package, error) from error
    return scripts


async def migrate(owner_url: str, packages: Sequence[str] = (), *, app_role: str | None = None) -> list[str]:
    """Bring the database to the newest revision of the platform and of the packages.

    Safe to call from several processes at once: they take turns. One transaction: all of it or nothing. A table that
    somebody else reads is waited for in short turns, for whoever comes later waits behind the migration.

    Args:
        owner_url: address for the role that owns the tables.
        packages: migration packages of the modules, in order of dependency.
        app_role: role that gets SELECT, INSERT, UPDATE and DELETE, less where a table's comment says `append-only` or
            `read-only`; None when it is the owner.

    Returns:
        The revisions that were applied, oldest first of each package.

    Raises:
        UnsuitableDatabaseError: the server is too old, or has no pgvector.
        NewerDatabaseError: the database has revisions that the code does not know.
        UnreadableMigrationsError: the revisions of a package cannot be read.
    """

    def run(connection: Connection) -> list[str]:
        applied: list[str] = []
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{TURN_SECONDS}s'"))
        refuse_unsuitable(connection)
        for package in (PLATFORM_MIGRATIONS, *packages):
            applied += [item.revision for item in _lacking(connection, package)]
            command.upgrade(alembic_config(package, connection), "heads")
        if app_role:
            _grant(connection, app_role)
        return applied

    for pause in (*PAUSES, None):
        try:
            return await _run(owner_url, run)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if pause is None:
                raise MigrationBlockedError from error
            log.warning("migration_waits", reason="somebody else uses a table", again_in=pause)
            await asyncio.sleep(pause)
    raise AssertionError  # the last turn returned or raised


async def excess_rights(session: AsyncSession) -> list[str]:
    """What the app's role may do with a table against what its model says, such as `UPDATE activity`."""
    wanted = [
        (name, right)
        for name, comment in _declared().items()
        for right in RIGHTS_OF_OTHERS[comment].split(", ")
    ]
    held = text(
        "SELECT wanted_right || ' ' || name FROM unnest(CAST(:names AS text[]), CAST(:rights AS text[])) "
        "AS wanted (name, wanted_right) "
        "WHERE to_regclass(name) IS NOT NULL AND has_table_privilege(to_regclass(name), wanted_right)"
    )
    names, rights = [name for name, _ in wanted], [right for _, right in wanted]
    return sorted(await session.scalars(held, {"names": names, "rights": rights}))


async def downgrade(owner_url: str, package: str, revision: str = "base") -> None:
    """Take the tables of one package back to a revision; `base` removes them."""

    def run(connection: Connection) -> None:
        command.downgrade(alembic_config(package, connection), revision)

    await _run(owner_url, run)


async def pending_revisions(url: str, packages: Sequence[str] = ()) -> list[str]:
    """Heads that the database has not reached; empty when it is up to date.

    Raises:
        UnsuitableDatabaseError: the server is too old, or has no pgvector.
        NewerDatabaseError: the database has revisions that the code does not know.
        UnreadableMigrationsError: the revisions of a package cannot be read.
    """
    everything = (PLATFORM_MIGRATIONS, *packages)
    heads = await asyncio.to_thread(_heads, everything)

    def run(connection: Connection) -> None:
        refuse_unsuitable(connection)
        for package in everything:
            heads.difference_update(_reached(connection, package, scripts_of(package)))

    await _run(url, run)
    return sorted(heads)


async def pending_titles(url: str, packages: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Every revision that the database lacks, oldest first, with its title.

    Raises: as `pending_revisions`.
    """

    def run(connection: Connection) -> list[tuple[str, str]]:
        refuse_unsuitable(connection)
        everything = (PLATFORM_MIGRATIONS, *packages)
        lacking = [item for package in everything for item in _lacking(connection, package)]
        return [(item.revision, item.doc or "") for item in lacking]

    return await _run(url, run)


async def reached_revisions(url: str, package: str) -> tuple[str, ...]:
    """The newest revisions of a package that the database has, known to the code or not; empty for none."""
    return await _run(url, lambda connection: _stands(connection, package))


def _stands(connection: Connection, package: str) -> tuple[str, ...]:
    options = {"version_table": version_table(package)}
    return MigrationContext.configure(connection, opts=options).get_current_heads()


def _lacking(connection: Connection, package: str) -> list[Script]:
    """The revisions that the database has not got, oldest first; refused where it has some that the code has not."""
    scripts = scripts_of(package)
    reached = _reached(connection, package, scripts)
    return [*scripts.iterate_revisions("heads", reached or "base")][::-1]


def _reached(connection: Connection, package: str, scripts: ScriptDirectory) -> tuple[str, ...]:
    """Where the database stands; refused where the code does not know it."""
    reached = _stands(connection, package)
    refuse_newer(reached, {revision.revision for revision in scripts.walk_revisions()})
    return reached


def _heads(packages: Sequence[str]) -> set[str]:
    return {head for package in packages for head in scripts_of(package).get_heads()}


async def _run(url: str, work: Callable[[Connection], T]) -> T:
    unlimited = DatabaseSettings(statement_timeout=0, lock_timeout=0, idle_transaction_timeout=0)
    engine = open_engine(url, unlimited, pooled=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _grant(connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    # Also those of packages that are switched off now.
    existing = inspect(connection).get_table_names()
    version_tables = [name for name in existing if name.startswith(VERSION_TABLE)]
    # A restored database may have lost its comments, and those of packages that are switched off are found there alone.
    found = connection.execute(text(COMMENTED_TABLES))
    commented: dict[str, str] = {row.relname: row.comment for row in found}
    commented |= {name: comment for name, comment in _declared().items() if name in existing}
    revoked = [
        f"REVOKE {RIGHTS_OF_OTHERS[comment]} ON {connection.dialect.identifier_preparer.quote(name)} FROM {quoted}"
        for name, comment in commented.items()
        if comment in RIGHTS_OF_OTHERS
    ]
    # Default privileges open every schema to the app's role; partitions are reached through their table alone.
    revoked += [f"REVOKE ALL ON SCHEMA {name} FROM {quoted}" for name in connection.scalars(text(PARTITIONS))]
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(version_tables)} FROM {quoted}",
        *revoked,
    ):
        connection.execute(text(statement))


def _declared() -> dict[str, str]:
    tables = Base.metadata.tables.values()
    return {table.name: table.comment for table in tables if table.comment in RIGHTS_OF_OTHERS}
