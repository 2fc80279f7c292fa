"""The command `fondasi activity ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from fondasi.activity import repository
from fondasi.activity.verification import Verification, verify
from fondasi.kit.audit import PLATFORM_CHAIN
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

commands = typer.Typer(help="The audit trail.", no_args_is_help=True)


@commands.callback()
def activity() -> None:
    """The audit trail."""


@commands.command("verify")
def verify_all(
    expect: Annotated[
        list[str] | None,
        typer.Option(help="POSITION:HASH that an earlier run printed for the platform's chain."),
    ] = None,
) -> None:
    """Check every chain, and name the first entry that is not as it was written."""
    reports, lost = asyncio.run(_verify(expect or []))
    for report in reports:
        owner = f"tenant {report.tenant_id}" if report.tenant_id else "platform"
        if report.fault is not None:
            typer.echo(f"{owner}: {report.fault.kind}. {report.fault.message}", err=True)
        else:
            typer.echo(
                f"{owner}: {report.checked} entries are as written. {report.last_position}:{report.last_hash}"
            )
    for item in lost:
        typer.echo(f"platform: {item} is not in the chain; its end was cut off or written anew.", err=True)
    if lost or not all(report.valid for report in reports):
        raise typer.Exit(1)


async def _verify(expected: list[str]) -> tuple[list[Verification], list[str]]:
    async with (
        open_platform(get_settings()) as platform,
        platform.database.read_session(fresh=True) as session,
    ):
        reports = [await verify(session, chain) for chain in await repository.chains(session)]
        lost = []
        for item in expected:
            position, _, digest = item.partition(":")
            seal = (
                await repository.get_seal(session, PLATFORM_CHAIN, int(position))
                if position.isdigit()
                else None
            )
            if seal is None or seal.hash.hex() != digest:
                lost.append(item)
        return reports, lost
