"""The command `fondasi activity ...`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from fondasi.activity import repository
from fondasi.activity.heads import Head, current_heads, lost, read_heads
from fondasi.activity.verification import Verification, verify
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
        typer.Option(
            help="What was kept elsewhere: CHAIN:POSITION:HASH:TIME, or a file that `fondasi activity heads` wrote. "
            "May be given several times. Without a chain it is the platform's."
        ),
    ] = None,
) -> None:
    """Check every chain, and name every entry that is not as it was written."""
    expected = [head for item in expect or [] for head in _heads_of(item)]
    reports, gone = asyncio.run(_verify(expected))
    for report in reports:
        _tell(report)
    for sentence in gone:
        typer.echo(sentence, err=True)
    if gone or not all(report.valid for report in reports):
        raise typer.Exit(1)
    if expected:
        typer.echo(f"All {len(expected)} expected heads are in their chains.")


@commands.command("heads")
def print_heads() -> None:
    """Print the last link of every chain, to be kept elsewhere: `fondasi activity heads > heads.txt`."""
    for head in asyncio.run(_heads()):
        typer.echo(head)


def _heads_of(item: str) -> list[Head]:
    """What an `--expect` names."""
    try:
        if (path := Path(item)).is_file():
            return read_heads(path.read_text().splitlines())
        return [Head.parse(item)]
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{error} There is no such file either.", param_hint="--expect") from None


def _tell(report: Verification) -> None:
    owner = f"tenant {report.tenant_id}" if report.tenant_id else "platform"
    if report.valid:
        last = Head(report.chain, report.last_position, report.last_hash)
        typer.echo(f"{owner}: {report.checked} entries are as written. {last}")
    for fault in report.faults:
        typer.echo(f"{owner}: {fault.kind}. {fault.message}", err=True)
    if more := report.fault_count - len(report.faults):
        typer.echo(f"{owner}: and {more} more.", err=True)


async def _verify(expected: list[Head]) -> tuple[list[Verification], list[str]]:
    async with (
        open_platform(get_settings()) as platform,
        platform.database.read_session(fresh=True) as session,
    ):
        reports = [await verify(session, chain) for chain in await repository.chains(session)]
        return reports, [sentence for head in expected if (sentence := await lost(session, head))]


async def _heads() -> list[Head]:
    async with (
        open_platform(get_settings()) as platform,
        platform.database.read_session(fresh=True) as session,
    ):
        return await current_heads(session)
