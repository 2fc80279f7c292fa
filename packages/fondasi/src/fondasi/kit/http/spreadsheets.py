"""CSV that opens in any spreadsheet as it was meant: no cell is run as a formula (OWASP, CSV injection)."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"  # by which spreadsheets know UTF-8
# What a spreadsheet would run where a cell begins, also behind what separates cells elsewhere, as `;` in Indonesia.
_BEGINNING, _RUN = r"""((?:\A|[;,|\t\r\n])["'\s]*)""", r"(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
FORMULA = re.compile(_BEGINNING + _RUN)
GUARDED = re.compile(_BEGINNING + "'" + _RUN)


def csv_of(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A table as CSV, in UTF-8 with the mark by which spreadsheets know it.

    Args:
        columns: what the first line says.
        rows: the values of each, in the order of the columns.
    """
    return MARK.encode() + csv_lines([columns]) + csv_lines(rows)


def csv_lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Some lines of such a table."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def unguarded(cell: str) -> str:
    """A cell as it was before it was written so that no spreadsheet runs it."""
    return GUARDED.sub(r"\1", cell)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if isinstance(value, int | float | Decimal) else FORMULA.sub(r"\1'", text)
