"""Keeps the index and the counts of the corpus small, in steps that are transactions of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.tally import fold

if TYPE_CHECKING:
    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Database


async def merge_segments(database: Database, index: Index, *, least: int = 2) -> int:
    """Merge segments of the index until there are fewer than `least` to merge; returns how many were merged.

    Whatever stops it leaves whole steps behind. Another one that runs meanwhile leaves the work to the first.
    """
    merged = 0
    async with database.connection() as connection:
        while step := await index.merge(connection, least=least):
            merged += step
        await fold(connection)
    return merged
