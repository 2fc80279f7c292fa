"""The command `fondasi migrate`."""

from __future__ import annotations

import asyncio

import typer

from fondasi.checks import little_room
from fondasi.runtime import all_modules, database_addresses, migrate_modules
from fondasi.settings import get_settings, refuse_unsafe

commands = typer.Typer()


@commands.command()
def migrate() -> None:
    """Bring the database to the newest revision of every module."""

    async def run() -> list[str]:
        async with database_addresses(settings, create=True) as addresses:
            return await migrate_modules(addresses, all_modules(settings), settings)

    settings = get_settings()
    refuse_unsafe(settings)
    if little := little_room(settings):
        typer.secho(little, err=True, fg="yellow")
    for revision in asyncio.run(run()):
        typer.echo(f"Applied {revision}")
    typer.echo("The database is up to date.")
