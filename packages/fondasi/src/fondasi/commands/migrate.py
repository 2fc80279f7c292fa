"""The command `fondasi migrate`."""

from __future__ import annotations

import asyncio

import typer

from fondasi.checks import little_room, start_faults
from fondasi.kit.db import Database
from fondasi.runtime import all_modules, database_addresses, migrate_modules
from fondasi.settings import get_settings, refuse_unsafe

commands = typer.Typer()


@commands.command()
def migrate() -> None:
    """Bring the database to the newest revision of every module."""

    async def run() -> tuple[list[str], list[str]]:
        modules = all_modules(settings)
        async with database_addresses(settings, create=True) as addresses:
            applied = await migrate_modules(addresses, modules, settings)
            database = Database(addresses.app, settings.database)
            try:
                return applied, await start_faults(database, modules)
            finally:
                await database.close()

    settings = get_settings()
    refuse_unsafe(settings)
    if little := little_room(settings):
        typer.secho(little, err=True, fg="yellow")
    applied, faults = asyncio.run(run())
    for revision in applied:
        typer.echo(f"Applied {revision}")
    if not faults:
        typer.echo("The database is up to date.")
        return
    typer.secho("Every migration is applied, and yet the service would not start:", err=True, fg="yellow")
    for fault in faults:
        typer.secho(f"  - {fault}", err=True, fg="yellow")
