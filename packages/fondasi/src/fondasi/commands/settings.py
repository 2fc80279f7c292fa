"""The command `fondasi settings`."""

from __future__ import annotations

import sys
import textwrap
from difflib import get_close_matches
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from fondasi.kit.console import print_json
from fondasi.settings import StartError, get_settings, setting_groups, unknown_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fondasi.settings import Setting, SettingGroup

commands = typer.Typer()
LIKENESS = 0.6  # of names, from 0 to 1 (difflib)


@commands.command("settings")
def list_settings(
    text: Annotated[
        str, typer.Argument(help="Those with this in their names: MAIL.", show_default=False)
    ] = "",
    only_set: Annotated[bool, typer.Option("--set", help="Those that are not at their default.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List the settings: what each takes and is for, what is set now and where. Secrets are hidden."""
    settings = get_settings()
    groups = setting_groups(settings)
    part = text.upper().replace("-", "_")
    found = [
        group._replace(settings=rows)
        for group in groups
        if (rows := [row for row in group.settings if part in row.name and (row.source or not only_set)])
    ]
    if as_json:
        print_json([row._asdict() for group in found for row in group.settings])
        return
    names = [row.name for group in groups for row in group.settings]
    if not any(part in name for name in names):
        near = ", ".join(get_close_matches(part, names, cutoff=LIKENESS))
        hint = f" Did you mean {near}?" if near else " `fondasi settings` lists all."
        raise StartError(f"No setting has {text} in its name.{hint}")
    typer.echo("\n\n".join(_shown(group) for group in found) or "Nothing is set: all are at their defaults.")
    for warning in unknown_names(settings):
        typer.secho(warning, err=True, fg="yellow")


def _shown(group: SettingGroup) -> str:
    title = typer.style(group.title, bold=True, underline=True)
    about = [_wrapped(" ".join(group.about.split()), "")] if group.about else []
    return "\n".join([title, *about, *(line for row in group.settings for line in ("", *_lines(row)))])


def _lines(row: Setting) -> Iterator[str]:
    default = f"; default {row.default}" if row.default else ""
    yield f"{typer.style(row.name, bold=True)}  ({row.kind}{default})"
    yield _wrapped(row.description)
    if row.source is not None:
        yield typer.style(f"    now {row.value or 'empty'}, from {row.source}", fg="green")


def _wrapped(text: str, indent: str = "    ") -> str:
    """The text in lines of the terminal; a pipe has no edge."""
    if not sys.stdout.isatty():
        return indent + text
    width = get_terminal_size().columns
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
