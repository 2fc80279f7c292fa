"""The command `fondasi new ...`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fondasi.scaffold import Wish, find_application, new_app, new_field, new_resource
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


@commands.command("resource")
def resource(
    *,
    name: Annotated[str, typer.Argument(help="What one of it is called: post, court_case.")],
    fields: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD:TYPE...",
            help="Such as 'title:str(200)!' 'text:text?': ? may be empty, ! is unique.",
        ),
    ],
    scope: Annotated[
        str, typer.Option("--scope", help="Who sees a row: tenant, owner or public.", metavar="SCOPE")
    ] = "",
    plural: Annotated[str, typer.Option("--plural", help="What many of it are called: posts.")] = "",
    soft_delete: Annotated[
        bool, typer.Option("--soft-delete", help="Mark deleted rows, and keep them.")
    ] = False,
    job: Annotated[bool, typer.Option("--job", help="With a job that follows each new row.")] = False,
    admin: Annotated[bool, typer.Option("--admin", help="With a page in the admin panel.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add a table with routes, permissions, a migration and tests to the application whose folder this is."""
    application = find_application(Path())
    if not plural and sys.stdin.isatty():
        plural = typer.prompt(f"What are many of {name} called")
    wish = Wish(
        name=name, plural=plural, specs=fields, scope=scope, soft_delete=soft_delete, job=job, admin=admin
    )
    changes = new_resource(application, wish)
    carry_out(
        changes,
        then=[f"pytest tests/test_{plural}.py", "fondasi migrate", "fondasi demo"],
        dry_run=dry_run,
        as_json=as_json,
    )


@commands.command("field")
def field(
    resource: Annotated[str, typer.Argument(help="What one of the resource is called, or its room.")],
    spec: Annotated[str, typer.Argument(metavar="FIELD:TYPE", help="Such as 'summary:text?' or done:bool.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add a field to a resource: its model, its schemas, and a revision that running code can live with."""
    changes, notes = new_field(find_application(Path()), resource, spec)
    then = ["pytest", "fondasi migrate"]
    carry_out(changes, then=then, dry_run=dry_run, as_json=as_json, notes=notes)
