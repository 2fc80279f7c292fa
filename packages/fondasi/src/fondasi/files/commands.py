"""The command `fondasi files ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from fondasi.files.checking import Checked, check
from fondasi.kit.storage import StorageError
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

commands = typer.Typer(help="Uploaded files.", no_args_is_help=True)


@commands.callback()
def files() -> None:
    """Uploaded files."""


@commands.command("check")
def check_(
    remove: Annotated[bool, typer.Option(help="Remove what lies in the storage and nobody knows.")] = False,
) -> None:
    """Compare the storage with the database, after one of them was restored. 1 where they differ."""

    async def run() -> Checked:
        async with open_platform(get_settings()) as platform:
            return await check(platform, remove=remove)

    try:
        found = asyncio.run(run())
    except StorageError as error:
        typer.echo(f"The storage cannot be listed ({error}). `fondasi doctor` looks at it.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{found.stored:,} in the storage; {found.unknown:,} of them unknown to the database.")
    typer.echo(f"{found.files:,} files in the database; the storage lacks {len(found.lacking):,} of them.")
    for file_id in found.lacking:
        typer.echo(f"  {file_id}")
    if remove and found.unknown:
        typer.echo("What was unknown is removed.")
    raise typer.Exit(int(bool(found.lacking or (found.unknown and not remove))))
