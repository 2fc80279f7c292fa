"""The command `fondasi upgrade-check`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fondasi import __version__
from fondasi.scaffold import find_application
from fondasi.scaffold.upgrades import migration_findings, see, static_findings
from fondasi.settings import get_settings

commands = typer.Typer()
HEADINGS = {
    "code": "The code asks for what is not there any more, or is going to go:",
    "setting": "Settings that are none:",
    "migration": "Revisions that the database here has not got (`fondasi migrate`):",
    "template": "Files that the templates make otherwise than when they were generated:",
}


@commands.command()
def upgrade_check(
    *,
    diff: Annotated[bool, typer.Option("--diff", help="Print patches to what the templates make.")] = False,
    seen: Annotated[
        bool,
        typer.Option("--seen", help="Note that you have looked at the templates: they are not told again."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Say what this version of Fondasi changes for the application whose folder this is. Exits with 1 if anything."""
    application, settings = find_application(Path()), get_settings()
    if seen:
        see(application)
    found = [*static_findings(application, settings), *asyncio.run(migration_findings(settings))]
    if as_json:
        typer.echo(json.dumps({"fondasi": __version__, "found": [asdict(item) for item in found]}))
    elif not found:
        typer.echo(f"{application.name} is up to date with Fondasi {__version__}.")
    else:
        for about, heading in HEADINGS.items():
            if items := [item for item in found if item.about == about]:
                typer.echo(heading)
                for item in items:
                    typer.echo("  " + " ".join(filter(None, (item.place, item.text))))
                    if diff and item.patch:
                        typer.echo(item.patch, nl=False)
    raise typer.Exit(int(bool(found)))
