"""Runs Alembic: one branch per package, all of them from one command.

The shared `env.py` lives in `fondasi.migrations`; every module adds the `versions` folder of its own package.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from fondasi.kit.db.database import sqlalchemy_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MIGRATION_LOCK = 0x666F6E64  # "fond": one migration at a time, whoever starts it
PLATFORM_MIGRATIONS = "fondasi.migrations"


def alembic_config(packages: Sequence[str], connection: Connection | None = None) -> Config:
    """The Alembic configuration for the platform and the packages of some modules.

    Args:
        packages: packages that hold a `versions` folder, for example `["courtsight.migrations"]`.
        connection: an open connection for `env.py`; None for commands that only read the scripts.
    """
    places = [str(files(package).joinpath("versions")) for package in [PLATFORM_MIGRATIONS, *packages]]
    config = Config()
    config.set_main_option("script_location", str(files(PLATFORM_MIGRATIONS)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(places))
    config.attributes["connection"] = connection
    return config


async def migrate(
    owner_url: str, packages: Sequence[str] = (), *, app_role: str | None = None, revision: str = "heads"
) -> None:
    """Bring the database to a revision, and let the app's role read and write the tables.

    Safe to call from several processes at once: they take turns.

    Args:
        owner_url: address for the role that owns the tables.
        packages: migration packages of the modules.
        app_role: role that gets SELECT, INSERT, UPDATE and DELETE; None when it is the owner.
        revision: Alembic revision; `base` undoes everything.
    """

    def run(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        config = alembic_config(packages, connection)
        if revision == "base" or ":" in revision or revision.endswith("@base"):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
        if app_role:
            _grant(connection, app_role)

    await _run(owner_url, run)


async def pending_revisions(url: str, packages: Sequence[str] = ()) -> list[str]:
    """Heads that the database has not reached; empty when it is up to date."""
    pending: list[str] = []

    def run(connection: Connection) -> None:
        scripts = ScriptDirectory.from_config(alembic_config(packages))
        known = connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
        query = text("SELECT version_num FROM alembic_version")
        reached: list[str] = list(connection.execute(query).scalars()) if known else []
        applied = {script.revision for head in reached for script in scripts.iterate_revisions(head, "base")}
        pending.extend(head for head in scripts.get_heads() if head not in applied)

    await _run(url, run)
    return pending


async def _run(url: str, work: Callable[[Connection], None]) -> None:
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _grant(connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
    ):
        connection.execute(text(statement))
