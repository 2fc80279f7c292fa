"""The command `fondasi outbox`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from fondasi.kit.console import print_json
from fondasi.messages.service import Messenger
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from fondasi.messages.service import Letter

commands = typer.Typer(help="What would have been sent, in `local`.", invoke_without_command=True)


@commands.callback()
def outbox(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Newest messages to show.")] = 100,
) -> None:
    """Print the messages that `local` keeps instead of sending them, oldest first."""

    async def read() -> list[Letter]:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            return await platform.get(Messenger).letters(session, limit=limit)

    letters = asyncio.run(read())
    if as_json:
        print_json([asdict(item) for item in letters])
        return
    for item in letters:
        typer.echo(f"{item.created_at:%Y-%m-%d %H:%M:%S} {item.channel} to {item.recipient}: {item.subject}")
        typer.echo(item.text)
    if not letters:
        typer.echo("The outbox is empty.")
