"""What callers are told when their write breaks a unique constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from fondasi.kit.db.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

WORDS = "conflict"


def conflict_words(constraint: str) -> str | None:
    """The words that a model gives a constraint, by its name: `info={"conflict": "There is a label of that name."}`.

    They stand on the `UniqueConstraint`, `Index` or `ExcludeConstraint`, or on a column with `unique=True`.
    """
    for table in Base.metadata.tables.values():
        for item in _unique(table):
            if item.name == constraint:
                columns = list(item.columns)
                alone: str | None = columns[0].info.get(WORDS) if len(columns) == 1 else None
                return item.info.get(WORDS) or alone
    return None


def _unique(table: Table) -> Iterator[UniqueConstraint | ExcludeConstraint | Index]:
    yield from (item for item in table.constraints if isinstance(item, UniqueConstraint | ExcludeConstraint))
    yield from (item for item in table.indexes if item.unique)
