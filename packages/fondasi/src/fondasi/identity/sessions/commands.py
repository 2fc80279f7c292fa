"""The command `fondasi keys ...`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from fondasi.identity.sessions import keys as ring
from fondasi.kit.audit import record, shell
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

commands = typer.Typer(help="The keys that sign tokens.", no_args_is_help=True)


@commands.callback()
def keys() -> None:
    """The keys that sign tokens."""


@commands.command()
def rotate(
    now: Annotated[bool, typer.Option("--now", help="End all access and session tokens at once.")] = False,
) -> None:
    """Sign with a new key from now on. Tokens of the older keys stay valid until they expire; no restart is needed."""

    async def make() -> str:
        settings = get_settings()
        overlap = timedelta(0) if now else timedelta(days=settings.token.session_days)
        async with open_platform(settings) as platform, platform.database.unit_of_work() as session:
            before = await ring.newest_id(session)
            made = await ring.rotate(session, overlap=overlap)
            await record(
                session,
                "keys.rotate",
                "identity",
                f"Rotated the signing keys: {made} signs from now on.",
                metadata={"from": before, "to": made, "overlap_days": overlap.days, **shell()},
            )
            return made

    typer.echo(f"Key {asyncio.run(make())} signs from now on.")


@commands.command("list")
def list_keys() -> None:
    """List the keys, the newest first."""

    async def read() -> list[str]:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            return [
                f"{key.id}  made {key.created_at:%Y-%m-%d %H:%M} UTC  "
                + (f"verifies until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "signs")
                for key in await ring.keys(session)
            ]

    for line in asyncio.run(read()):
        typer.echo(line)
