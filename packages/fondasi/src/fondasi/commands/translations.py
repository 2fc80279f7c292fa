"""The command `fondasi translations`: the catalogues of a package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fondasi.kit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from fondasi.translations import faults, update

commands = typer.Typer(help="Bring the catalogues of a package up to date, and look them through.")
OTHERS = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Of the package: `src/casnet`.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", "-l", help="Only this one; may be repeated. Empty: all.")
]


@commands.command("update")
def update_catalogues(folder: Folder, language: Languages = None) -> None:
    """Find every message in the code, and write `locale/LANGUAGE.po`: new ones empty, those no longer said removed."""
    for name, missing in update(folder, language or OTHERS).items():
        typer.echo(f"{folder}/locale/{name}.po: {missing or 'nothing'} to translate")


@commands.command()
def check(folder: Folder, language: Languages = None) -> None:
    """Tell what is missing, unsure, left over or wrongly filled; fails if anything is."""
    found = faults(folder, language or OTHERS)
    for fault in found:
        typer.echo(str(fault))
    if found:
        typer.echo(f"Run `fondasi translations update {folder}`, then fill in `locale/*.po`.", err=True)
        raise typer.Exit(1)
