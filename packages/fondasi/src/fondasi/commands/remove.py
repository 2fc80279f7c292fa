"""The command `fondasi remove ...`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fondasi.scaffold import ScaffoldError, find_application, remove_resource
from fondasi.scaffold.telling import carry_out

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
    changes, notes = remove_resource(find_application(Path()), name, drop=drop)
    if not (yes or dry_run):
        listed = "\n".join(f"  {path}" for path in changes.removed)
        if not sys.stdin.isatty():
            raise ScaffoldError(f"Nothing was removed. With --yes these files go:\n{listed}")
        typer.echo(f"These files go, with what you wrote into them:\n{listed}", err=True)
        typer.confirm("Remove them?", abort=True, err=True)
    then = ["fondasi migrate", "pytest"]
    carry_out(changes, then=then, dry_run=dry_run, as_json=as_json, notes=notes)
