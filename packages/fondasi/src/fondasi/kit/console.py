"""What commands print: a table for people, JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE = 1000  # characters


def show(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows.

    Args:
        columns: names of what is printed of each row.
        rows: values by name.
        as_json: as one array, for programs.
    """
    if as_json:
        chosen = [{name: row[name] for name in columns} for row in rows]
        print_json(chosen)
        return
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_text(row[name])) for name in columns))  # not markup: names may hold brackets
    console = Console()
    if not console.is_terminal:  # a pipe has no edge
        console = Console(width=WIDE)
    console.print(table)


def print_json(answer: object) -> None:
    """Print an answer for programs. What JSON does not know becomes text; asyncpg's UUIDs are of its own kind."""
    print(orjson.dumps(answer, default=str, option=orjson.OPT_INDENT_2).decode())  # noqa: T201 - a command's answer


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M}"
    printable = str(value).splitlines()
    return "".join(character for character in " ".join(printable) if character.isprintable())
