"""`fondasi doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

from fondasi.app import create_app
from fondasi.checks import drift, weak_secrets
from fondasi.identity import check_providers
from fondasi.kit.db import Database
from fondasi.kit.db.isolation import isolation_faults
from fondasi.kit.db.migrations import pending_revisions
from fondasi.quotas import redis_fault
from fondasi.runtime import all_modules, database_addresses, migration_packages
from fondasi.settings import Environment, Settings, StartError, interpreter_fault, unknown_names
from fondasi.tenancy import ISOLATION_EXCEPTIONS

if TYPE_CHECKING:
    from rich.console import Console

    from fondasi.runtime import Addresses

MINIMUM_POSTGRESQL = 160000
MINIMUM_VECTOR = (0, 8)
Finding = tuple[str, str | None]


async def diagnose(settings: Settings, console: Console) -> int:
    """Print a line per check. The exit status: 1 when something must be fixed, else 0."""
    production = settings.environment is Environment.PRODUCTION
    findings: list[Finding] = [("settings", None)]
    later: list[str] = []
    if faults := settings.unsafe_values():
        if production:
            findings = [("settings", fault) for fault in faults]
        else:
            later = faults
    findings += _check_data_folder(settings)
    findings += await _check_redis(settings)
    findings += _check_app(settings) if not (production and faults) else []
    findings += await check_providers(settings.oauth)
    findings += await _check_database(settings)
    table = Table("check", "result", box=None)
    for name, fault in findings:
        table.add_row(name, f"[red]{escape(fault)}[/red]" if fault else "[green]ok[/green]")
    if advice := interpreter_fault():
        table.add_row("Python", f"[yellow]{escape(advice)}[/yellow]")
    for warning in unknown_names(settings):
        table.add_row("name of a setting", f"[yellow]{escape(warning)}[/yellow]")
    for warning in weak_secrets(settings):
        table.add_row("secret", f"[yellow]{escape(warning)}[/yellow]")
    console.print(table)
    if later:
        console.print("\nNothing to do now. Production will ask for this:", style="dim")
        for sentence in later:
            console.print(f"  - {sentence}", style="dim", highlight=False, markup=False)
    return int(any(fault for _, fault in findings))


def _check_data_folder(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.absolute()
    # Nothing is made here: where the folder is missing, the nearest one that exists has to take it.
    nearest = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    usable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    fault = None if usable else f"{folder} cannot be written. Set FONDASI_DATA_DIR to a folder you can write."
    return [("data folder", fault)]


async def _check_redis(settings: Settings) -> list[Finding]:
    if settings.redis.url is None:
        return []
    return [("Redis", await redis_fault(settings.redis))]


def _check_app(settings: Settings) -> list[Finding]:
    try:
        create_app(settings)
    except (RuntimeError, LookupError, ImportError, ValueError) as error:
        return [("modules and routes", str(error))]
    return [("modules and routes", None)]


async def _check_database(settings: Settings) -> list[Finding]:
    try:
        async with database_addresses(settings) as addresses:
            return await _inspect(settings, addresses)
    except StartError as error:
        return [("database", str(error))]
    except Exception as error:  # noqa: BLE001 - the doctor reports whatever keeps it from looking
        return [("database", f"{type(error).__name__}: {error}")]


async def _inspect(settings: Settings, addresses: Addresses) -> list[Finding]:
    database = Database(addresses.app, settings.database, replica_url=addresses.replica)
    try:
        async with database.read_session() as session:
            version = int((await session.execute(text("SHOW server_version_num"))).scalar_one())
            role = (
                await session.execute(
                    text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
                )
            ).scalar_one()
            owned = (
                await session.execute(
                    text(
                        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
                    )
                )
            ).scalar_one()
            vector = (
                await session.execute(
                    text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
                )
            ).scalar_one_or_none()
            faults = await isolation_faults(session, ISOLATION_EXCEPTIONS)
        modules = all_modules(settings)
        pending = await pending_revisions(addresses.owner, migration_packages(modules))
        differences = [] if pending else await drift(database, modules)
    finally:
        await database.close()
    too_old = vector is None or tuple(map(int, vector.split(".")[:2])) < MINIMUM_VECTOR
    return [
        ("database", None),
        ("PostgreSQL 16+", None if version >= MINIMUM_POSTGRESQL else f"found {version}: upgrade the server"),
        ("pgvector 0.8+", f"found {vector}: install or upgrade the extension `vector`" if too_old else None),
        (
            "database role",
            "the app's role bypasses row-level security: use an ordinary role" if role else None,
        ),
        (
            "table owner",
            "the app's role owns tables: set DATABASE_OWNER_URL to another role" if owned else None,
        ),
        (
            "tenant isolation",
            "; ".join(f"{fault.table}: {fault.text}" for fault in faults) or None,
        ),
        ("migrations", f"{', '.join(pending)} pending: run `fondasi migrate`" if pending else None),
        ("models", "; ".join(differences) or None),
    ]
