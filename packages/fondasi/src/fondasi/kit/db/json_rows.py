"""Rows as JSON that PostgreSQL makes: no row of a long list passes through Python objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, func, literal_column, select

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

EMPTY: ColumnElement[str] = literal_column("'[]'")
MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'  # sessions have the timezone UTC


def moment(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A time as response models write it: in UTC with a `Z`, and with microseconds where there are any."""
    return func.replace(
        func.to_char(column, literal_column(f"'{MOMENT}'")),
        literal_column("'.000000Z'"),
        literal_column("'Z'"),
    )


def json_of(page: Select[Any], total: ColumnElement[int]) -> Select[str, int]:
    """The statement that reads the rows of a query as a JSON array of objects, and how many there are in all.

    Args:
        page: a query of plain columns, ordered and limited. Its columns name the fields; times are texts by `moment`.
        total: how many rows there would be without the limit, as a scalar subquery.
    """
    listed = page.subquery("listed")
    rows = func.coalesce(cast(func.json_agg(literal_column("listed")), Text), EMPTY)
    return select(rows, total).select_from(listed)
