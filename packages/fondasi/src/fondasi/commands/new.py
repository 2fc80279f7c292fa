"""The command `fondasi new ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fondasi.scaffold import new_app
from fondasi.scaffold.telling import carry_out

commands = typer.Typer(help="Write a new application, or more of one.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was done as JSON, for programs.")]


@commands.callback()
def new() -> None:
    """Write a new application, or more of one."""


@commands.command("app")
def app(
    name: Annotated[str, typer.Argument(help="Its name, in lower case: also of its folder and package.")],
    path: Annotated[Path, typer.Option("--path", help="The folder that the new one is made in.")] = Path(),
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write a new application: a package that installs, runs and is tested."""
    changes = new_app(name, path)
    carry_out(
        changes,
        then=[f"cd {changes.root}", "pip install -e '.[dev]'", "pytest"],
        dry_run=dry_run,
        as_json=as_json,
    )
