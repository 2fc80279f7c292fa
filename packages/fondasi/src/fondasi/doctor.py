"""`fondasi doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

from fondasi.app import create_app
from fondasi.checks import PLATFORM, cure_of_drift, drift, little_room, packages_of, weak_secrets
from fondasi.identity import check_providers
from fondasi.kit.db import Database
from fondasi.kit.db.compatibility import NewerDatabaseError, UnsuitableDatabaseError, server_faults
from fondasi.kit.db.isolation import isolation_faults
from fondasi.kit.db.migrations import UnreadableMigrationsError, excess_rights, pending_revisions
from fondasi.kit.db.pooling import refuse_unfit_pooler
from fondasi.kit.sentry import sentry_fault
from fondasi.kit.storage import StorageError, probe, storage_of
from fondasi.kit.tracing.check import collector_fault
from fondasi.quotas import redis_fault
from fondasi.runtime import database_addresses, importable_modules, migration_packages
from fondasi.settings import Environment, Settings, StartError, interpreter_fault, unknown_names
from fondasi.tenancy import ISOLATION_EXCEPTIONS

if TYPE_CHECKING:
    from rich.console import Console

    from fondasi.module import Module
    from fondasi.runtime import Addresses

Finding = tuple[str, str | None]
NOT_WHOLE = "not looked at: modules come first"


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
    findings += await _check_telemetry(settings)
    modules, missing = importable_modules(settings)
    findings += await _check_files(settings, modules)
    findings += [("modules", fault) for fault in missing]
    findings += _check_app(settings, modules, whole=not missing) if not (production and faults) else []
    findings += await check_providers(settings.oauth)
    findings += await _check_database(settings, modules, whole=not missing)
    table = Table("check", "result", box=None)
    for name, fault in findings:
        table.add_row(name, f"[red]{escape(fault)}[/red]" if fault else "[green]ok[/green]")
    if advice := interpreter_fault():
        table.add_row("Python", f"[yellow]{escape(advice)}[/yellow]")
    for warning in unknown_names(settings):
        table.add_row("name of a setting", f"[yellow]{escape(warning)}[/yellow]")
    for warning in weak_secrets(settings):
        table.add_row("secret", f"[yellow]{escape(warning)}[/yellow]")
    if not settings.passkey.rp_id:
        advice = "off. Set PASSKEY_ORIGINS to the address that browsers use, such as https://example.com"
        table.add_row("passkeys", f"[yellow]{advice}[/yellow]")
    console.print(table)
    faulty = any(fault for _, fault in findings)
    if later:
        now = "" if faulty else "Nothing to do now. "
        console.print(f"\n{now}Production will ask for this:", style="dim")
        for sentence in later:
            console.print(f"  - {sentence}", style="dim", highlight=False, markup=False)
    return int(faulty)


def _check_data_folder(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.absolute()
    # Nothing is made here: where the folder is missing, the nearest one that exists has to take it.
    nearest = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    usable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    fault = None if usable else f"{folder} cannot be written. Set FONDASI_DATA_DIR to a folder you can write."
    return [("data folder", fault or little_room(settings))]


async def _check_redis(settings: Settings) -> list[Finding]:
    if settings.redis.url is None:
        return []
    try:
        return [("Redis", await redis_fault(settings.redis))]
    except StartError as error:
        return [("Redis", str(error))]


async def _check_telemetry(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    if settings.otel.traces_url is not None:
        findings.append(("traces", await collector_fault(settings.otel)))
    if settings.sentry.dsn is not None:
        findings.append(("errors", await sentry_fault(settings.sentry)))
    return findings


async def _check_files(settings: Settings, modules: list[Module]) -> list[Finding]:
    """The object store and the antivirus, where there are such."""
    findings: list[Finding] = []
    if not any(module.name == "files" for module in modules):
        return findings
    if settings.storage.url:
        findings.append(("storage", await _storage_fault(settings)))
    if settings.clamav.url:
        from fondasi.files import antivirus_fault  # noqa: PLC0415 - a feature, which may be left out

        findings.append(("ClamAV", await antivirus_fault(settings.clamav)))
    return findings


async def _storage_fault(settings: Settings) -> str | None:
    try:
        await probe(storage_of(settings))
    except StartError as error:
        return str(error)
    except StorageError as error:
        advice = (
            "look at STORAGE_URL, its endpoint, region and keys, and that they may write, read and delete"
        )
        return f"an object could not be written, read and deleted ({error}): {advice}"
    return None


def _check_app(settings: Settings, modules: list[Module], *, whole: bool) -> list[Finding]:
    if not whole:
        return [("modules and routes", NOT_WHOLE)]
    try:
        create_app(settings, modules)
    except (RuntimeError, LookupError, ImportError, ValueError) as error:
        return [("modules and routes", str(error))]
    return [("modules and routes", None)]


async def _check_database(settings: Settings, modules: list[Module], *, whole: bool) -> list[Finding]:
    try:
        async with database_addresses(settings) as addresses:
            return await _inspect(settings, addresses, modules if whole else None)
    except StartError as error:
        return [("database", str(error))]
    except Exception as error:  # noqa: BLE001 - the doctor reports whatever keeps it from looking
        return [("database", f"{type(error).__name__}: {error}")]


async def _inspect(settings: Settings, addresses: Addresses, modules: list[Module] | None) -> list[Finding]:
    """The database; its revisions and models only where all modules are there to compare it with."""
    if settings.database.url is not None:
        await refuse_unfit_pooler(addresses.app, settings.database)
    database = Database(addresses.app, settings.database, replica_url=addresses.replica)
    try:
        async with database.read_session() as session:
            server, pgvector = await (await session.connection()).run_sync(server_faults)
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
            faults = await isolation_faults(session, ISOLATION_EXCEPTIONS)
            excess = [] if owned or role else await excess_rights(session)
        migrations, models = (
            await _compare(database, addresses, modules) if modules else (NOT_WHOLE, NOT_WHOLE)
        )
    finally:
        await database.close()
    return [
        ("database", None),
        ("PostgreSQL 16+", server),
        ("pgvector 0.8+", pgvector),
        (
            "database role",
            "the app's role bypasses row-level security: use an ordinary role" if role else None,
        ),
        (
            "table owner",
            "the app's role owns tables: set DATABASE_OWNER_URL to another role" if owned else None,
        ),
        (
            "table rights",
            f"the app's role may {', '.join(excess)}: run `fondasi migrate`" if excess else None,
        ),
        (
            "tenant isolation",
            "; ".join(f"{fault.table}: {fault.text}" for fault in faults) or None,
        ),
        ("migrations", migrations),
        ("models", models),
    ]


async def _compare(
    database: Database, addresses: Addresses, modules: list[Module]
) -> tuple[str | None, str | None]:
    """What is wrong with the revisions of the database, and with the models: looked at when all revisions are there."""
    later = "not looked at: migrations come first"
    try:
        if pending := await pending_revisions(addresses.owner, migration_packages(modules)):
            return f"{', '.join(pending)} pending: run `fondasi migrate`", later
    except UnsuitableDatabaseError:
        return "not looked at, for the server does not do", later
    except (NewerDatabaseError, UnreadableMigrationsError) as error:
        return str(error), later
    if not (differences := await drift(database, modules)):
        return None, None
    own = [module.name for module in modules if packages_of(module) - {PLATFORM} and module.migrations]
    return None, f"{'; '.join(differences)}: {cure_of_drift(own[0] if len(own) == 1 else 'NAME')}"
