"""The command `fondasi groups ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from fondasi.access import add_to_group, all_groups
from fondasi.kit.audit import record, shell
from fondasi.kit.console import show
from fondasi.runtime import open_platform, problems_told
from fondasi.settings import get_settings

COLUMNS = ["name", "seeded", "description", "id"]
commands = typer.Typer(help="Groups of users.", no_args_is_help=True)


@commands.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """List the groups."""

    async def read() -> list[dict[str, Any]]:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            return [{name: getattr(row, name) for name in COLUMNS} for row in await all_groups(session)]

    show(COLUMNS, asyncio.run(read()), as_json=as_json)


@commands.command("add")
def add(
    username: Annotated[str, typer.Argument(help="User name, or id.")],
    group: Annotated[str, typer.Argument(help="Name of the group.")],
) -> None:
    """Put a user into a group; they hold what it gives with their next request."""

    async def run() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user_id = await add_to_group(session, username, group)
            await record(
                session,
                "groups.add",
                "access",
                "Put a user into a group by command.",
                subject_id=user_id,
                metadata={"user_id": user_id, "group": group, **shell()},
            )

    with problems_told():
        asyncio.run(run())
    typer.echo(f"{username} is in {group}.")
