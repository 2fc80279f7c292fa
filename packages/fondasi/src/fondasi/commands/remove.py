"""The command `fondasi remove ...`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondasi.kit.db.migrations import reached_revisions
from fondasi.runtime import NoDatabaseError, database_addresses
from fondasi.scaffold import ScaffoldError, find_application, remove_resource
from fondasi.scaffold.telling import carry_out
from fondasi.settings import StartError, get_settings

if TYPE_CHECKING:
    from fondasi.scaffold.applications import Application

commands = typer.Typer(help="Take back what `fondasi new` wrote.", no_args_is_help=True)


@commands.callback()
def remove() -> None:
    """Take back what `fondasi new` wrote."""


@commands.command("resource")
def resource(
    *,
    name: Annotated[str, typer.Argument(help="What one of it is called, or its room.")],
    drop: Annotated[
        bool,
        typer.Option("--drop", help="Write a revision that drops the table, for databases that have it."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was done as JSON, for programs.")
    ] = False,
) -> None:
    """Remove a resource from the application whose folder this is, with what you wrote into its files."""
    application = find_application(Path())
    changes, notes = remove_resource(application, name, drop=drop, reached=lambda: _reached(application))
    if not (yes or dry_run):
        listed = "\n".join(f"  {path}" for path in changes.removed)
        if not sys.stdin.isatty():
            raise ScaffoldError(f"Nothing was removed. With --yes these files go:\n{listed}")
        typer.echo(f"These files go, with what you wrote into them:\n{listed}", err=True)
        typer.confirm("Remove them?", abort=True, err=True)
    then = ["fondasi migrate", "pytest"]
    carry_out(changes, then=then, dry_run=dry_run, as_json=as_json, notes=notes)


def _reached(application: Application) -> tuple[str, ...]:
    """The newest revisions of the application that the database here has; none where there is no database."""
    settings = get_settings()
    settings = settings.model_copy(update={"data_dir": application.root / settings.data_dir})

    async def ask() -> tuple[str, ...]:
        async with database_addresses(settings) as addresses:
            return await reached_revisions(addresses.owner, f"{application.package}.migrations")

    try:
        return asyncio.run(ask())
    except NoDatabaseError:
        return ()
    except StartError as error:
        raise ScaffoldError(
            f"{error}\nNothing was removed, for the database cannot be asked whether it has the table. Start it, or "
            "say --drop."
        ) from error
