"""What callers are told when their write breaks a unique key, or a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from fondasi.kit.db.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

WORDS = "conflict"
WORDED = UniqueConstraint | ExcludeConstraint | ForeignKeyConstraint


def conflict_words(constraint: str) -> str | None:
    """The words that a model gives a constraint, by its name: `info={"conflict": "There is a label of that name."}`.

    They stand on the `UniqueConstraint`, `Index`, `ExcludeConstraint` or `ForeignKeyConstraint`, or on a column with
    `unique=True` or one foreign key.
    """
    if (item := _constraint(constraint)) is None:
        return None
    columns = list(item.columns)
    alone: str | None = columns[0].info.get(WORDS) if len(columns) == 1 else None
    return item.info.get(WORDS) or alone


def conflict_columns(constraint: str) -> list[str]:
    """The columns of a constraint, by its name; none where no model has it."""
    item = _constraint(constraint)
    return [] if item is None else [column.name for column in item.columns if isinstance(column, Column)]


def _constraint(name: str) -> UniqueConstraint | ExcludeConstraint | ForeignKeyConstraint | Index | None:
    items = (item for table in Base.metadata.tables.values() for item in _worded(table))
    return next((item for item in items if item.name == name), None)


def _worded(table: Table) -> Iterator[UniqueConstraint | ExcludeConstraint | ForeignKeyConstraint | Index]:
    yield from (item for item in table.constraints if isinstance(item, WORDED))
    yield from (item for item in table.indexes if item.unique)
