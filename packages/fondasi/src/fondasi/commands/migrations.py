"""The command `fondasi migrations ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from fondasi.drafts import draft
from fondasi.runtime import all_modules
from fondasi.settings import StartError, get_settings

commands = typer.Typer(help="Revisions of the database.", no_args_is_help=True)


@commands.callback()
def migrations() -> None:
    """Revisions of the database."""


@commands.command("draft")
def draft_migration(
    name: Annotated[str, typer.Argument(metavar="MODULE", help="The module; `fondasi` for the platform.")],
    title: Annotated[str, typer.Option("--title", "-t", help="What it does, in a line.")] = "Draft",
) -> None:
    """Write the revision that brings the database to the models of a module, and try it on an empty database."""
    modules = all_modules(get_settings())
    module = next((item for item in modules if item.name == name), None)
    if module is None and name != "fondasi":
        raise StartError(
            f"There is no module {name}. There are: {', '.join(sorted(item.name for item in modules))}."
        )
    console = Console()
    with console.status("Comparing models and migrations"):
        written = asyncio.run(draft(module, modules, title))
    if written is None:
        console.print("Nothing to write: the models and the migrations agree.")
        return
    console.print(
        f"Wrote {written.path}\nRead it, mend what it cannot know, then: fondasi migrate", highlight=False
    )
    for sentence in (written.hint, *(f"By hand: {fault}." for fault in written.faults)):
        if sentence:
            console.print(f"  - {sentence}", markup=False, highlight=False)
