"""The command `fondasi tiers ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from fondasi.kit.audit import record, shell
from fondasi.kit.console import show
from fondasi.quotas import repository, service
from fondasi.quotas.schemas import TierCreate
from fondasi.runtime import open_platform, problems_told
from fondasi.settings import get_settings

MOST = 1000
commands = typer.Typer(help="Tiers of users.", no_args_is_help=True)


@commands.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and dashes.")],
    description: Annotated[str, typer.Option(help="For administrators.")] = "",
) -> None:
    """Create a tier."""

    async def run() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            tier = await service.create_tier(session, new)
            await record(
                session,
                "tiers.create",
                "quotas",
                f"Created the tier {tier.name} by command.",
                metadata={"tier_id": tier.id, "name": tier.name, "description": tier.description, **shell()},
            )

    try:
        new = TierCreate(name=name, description=description)
    except ValidationError as error:
        typer.echo("\n".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors()), err=True)
        raise typer.Exit(1) from None
    with problems_told():
        asyncio.run(run())
    typer.echo(f"Created the tier {new.name}.")


@commands.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """List the tiers with their limits."""

    async def read() -> list[dict[str, Any]]:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            tiers = await repository.tiers(session, MOST)
            return [
                {
                    "name": tier.name,
                    "description": tier.description,
                    "limits": [
                        f"{item.method} {item.path}: {item.limit} in {item.period} s"
                        for item in await repository.rate_limits_of(session, tier.id)
                    ],
                }
                for tier in tiers
            ]

    rows = asyncio.run(read())
    if not as_json:
        rows = [{**row, "limits": "; ".join(row["limits"])} for row in rows]
    show(["name", "description", "limits"], rows, as_json=as_json)
