"""The command `fondasi demo`."""

from __future__ import annotations

import typer
from rich.console import Console

from fondasi.demo import run_demo
from fondasi.settings import get_settings

commands = typer.Typer()


@commands.command()
def demo() -> None:
    """Migrate, fill the database with examples, and serve with a worker in the same process."""
    run_demo(get_settings(), Console())
