"""Decisions that were stored more than once before a number and a court had one identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from fondasi.ai.retrieval import Index


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A decision that is stored again: its id, and that of the first one."""

    id: UUID
    first: UUID
    case_number: str
    court: str


async def find_duplicates(connection: asyncpg.Connection) -> list[Duplicate]:
    """Every decision whose number and court another one has, by number."""
    rows = await connection.fetch(
        "SELECT id, duplicate_of, case_number, court FROM decision WHERE duplicate_of IS NOT NULL"
        " ORDER BY case_number, court, id"
    )
    return [Duplicate(row["id"], row["duplicate_of"], row["case_number"], row["court"]) for row in rows]


async def remove_duplicates(
    connection: asyncpg.Connection, index: Index, duplicates: Sequence[Duplicate]
) -> None:
    """Delete them with all that belongs to them; the first ones stay."""
    ids = [duplicate.id for duplicate in duplicates]
    await index.remove(connection, ids)
    await connection.execute("DELETE FROM decision WHERE id = ANY($1)", ids)
