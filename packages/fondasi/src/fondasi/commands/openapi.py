"""The command `fondasi openapi`."""

from __future__ import annotations

import json

import typer

from fondasi.app import create_app
from fondasi.settings import get_settings

commands = typer.Typer()


@commands.command()
def openapi() -> None:
    """Print the OpenAPI document, for generators of clients. It needs no database."""
    typer.echo(json.dumps(create_app(get_settings()).openapi(), indent=2, ensure_ascii=False))
