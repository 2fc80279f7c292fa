"""The command `fondasi db ...`."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit, urlunsplit

import typer

from fondasi.kit.db.embedded import EmbeddedServer, unused
from fondasi.kit.db.embedded.binaries import find_binaries
from fondasi.kit.db.engine import driver_url
from fondasi.runtime import database_addresses, embedded_addresses, external_addresses, require_database
from fondasi.settings import Settings, StartError, get_settings

if TYPE_CHECKING:
    from fondasi.runtime import Addresses

OWN_ROLE = "Dump a server of your own as a role with BYPASSRLS: see Backup in docs/database.md."
Owner = Annotated[bool, typer.Option("--owner", help="As the role that owns the tables.")]
commands = typer.Typer(help="The database.", no_args_is_help=True)


class DatabaseCommandError(StartError):
    """The command does not fit this database; the message says what does."""


@commands.callback()
def database() -> None:
    """The database."""


@commands.command("url")
def url(
    owner: Owner = False,
    backup: Annotated[
        bool, typer.Option("--backup", help="As a role that pg_dump needs: it sees the rows of all tenants.")
    ] = False,
) -> None:
    """Print the address to connect with, as the app's role, as the owner or for a backup."""
    settings = get_settings()
    require_database(settings)
    running = True
    if (addresses := external_addresses(settings)) is None:
        server, running = EmbeddedServer.look(settings.data_dir)
        addresses = embedded_addresses(server)
    address = addresses.backup if backup else _chosen(addresses, owner=owner)
    if address is None:
        raise DatabaseCommandError(OWN_ROLE)
    typer.echo(address)
    if not running:
        typer.echo(
            "Nothing runs now: the address answers while fondasi serve, worker, demo or db shell runs.",
            err=True,
        )


@commands.command("shell", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def shell(context: typer.Context, owner: Owner = False) -> None:
    """Open psql on the database; what psql understands may follow: `fondasi db shell -c 'SELECT 1'`.

    The embedded server runs for as long as the shell is open.
    """
    settings = get_settings()
    program = shutil.which("psql") or str(find_binaries() / "psql")

    async def run() -> int:
        async with database_addresses(settings) as addresses:
            address, password = _without_password(driver_url(_chosen(addresses, owner=owner)))
            environment = os.environ | ({"PGPASSWORD": password} if password else {})
            ended = await asyncio.to_thread(
                subprocess.run, [program, address, *context.args], env=environment, check=False
            )
            return ended.returncode

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends a query of psql's, and not what it runs on
    raise typer.Exit(asyncio.run(run()))


@commands.command("stop")
def stop() -> None:
    """Stop an embedded server that a killed program has left behind."""

    async def run() -> bool:
        async with unused(settings.data_dir) as ran:
            return ran

    settings = get_settings()
    _require_embedded(settings)
    typer.echo("Stopped." if asyncio.run(run()) else "No database server runs there.")


@commands.command("reset")
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the data folder, with the embedded database and all files, to begin anew."""
    settings = get_settings()
    _require_embedded(settings)
    folder = settings.data_dir.resolve()
    if Path.cwd().is_relative_to(folder) or Path.home().is_relative_to(folder):
        raise DatabaseCommandError(
            f"{folder} holds more than Fondasi's data. Delete {folder / 'postgres'} by hand."
        )

    async def run() -> None:
        async with unused(folder):
            if not yes:
                typer.confirm(f"Delete {folder} with everything in it?", abort=True)
            shutil.rmtree(folder)

    asyncio.run(run())
    typer.echo(f"Deleted {folder}. The next start makes it anew.")


def _without_password(url: str) -> tuple[str, str]:
    """The address without its password, and that: every user of a machine sees the arguments of a program."""
    parts = urlsplit(url)
    name, at, host = parts.netloc.rpartition("@")
    name, _, password = name.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}{at}{host}")), unquote(password)


def _chosen(addresses: Addresses, *, owner: bool) -> str:
    return addresses.owner if owner else addresses.app


def _require_embedded(settings: Settings) -> None:
    if not settings.embedded_database:
        raise DatabaseCommandError("DATABASE_URL names a server of your own: stop it, or empty it, there.")
    require_database(settings)
