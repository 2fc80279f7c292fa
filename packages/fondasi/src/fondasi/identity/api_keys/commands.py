"""The command `fondasi api-keys ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID  # noqa: TC003 - Typer reads the annotation

import typer

from fondasi.identity.api_keys import repository, service
from fondasi.identity.api_keys.keys import visible_part
from fondasi.kit.audit import shell
from fondasi.runtime import open_platform, problems_told
from fondasi.settings import get_settings

MOST = 1000
commands = typer.Typer(help="API keys of users.", no_args_is_help=True)


@commands.command("list")
def list_(
    username: Annotated[str | None, typer.Argument(help="Whose; everybody's if left out.")] = None,
) -> None:
    """List API keys that nobody revoked: id, owner, beginning, end, last use and name."""

    async def run() -> None:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            for owner, key in await repository.owners_and_keys(session, username, limit=MOST):
                used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
                end = f"{key.expires_at:%Y-%m-%d}"
                typer.echo(f"{key.id}  {owner}  {visible_part(key.id)}  {end}  {used}  {key.name}")

    asyncio.run(run())


@commands.command()
def revoke(key_id: Annotated[UUID, typer.Argument(help="As `fondasi api-keys list` shows it.")]) -> None:
    """Revoke an API key. Its next request is refused."""

    async def run() -> str:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            return await service.revoke_any(session, key_id, **shell())

    with problems_told():
        name = asyncio.run(run())
    typer.echo(f"Revoked the API key {name}.")
