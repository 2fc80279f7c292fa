"""The command `fondasi doctor`."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from fondasi.doctor import diagnose
from fondasi.settings import get_settings

commands = typer.Typer()


@commands.command()
def doctor() -> None:
    """Check settings, database and modules, and say what to do about each fault."""
    raise typer.Exit(asyncio.run(diagnose(get_settings(), Console())))
