"""Reads stored decisions anew after the readers got better: the same rows, with what their texts tell today.

Each step is one transaction and marks its decisions with the version of the readers, so that whatever stops it, the
next run goes on after it. What a file told in fields of its own stays, and so do number, court and id.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from courtsight.decisions.draft import PageLayout
from courtsight.ingestion.completion import stored_drafts, update
from courtsight.ingestion.merging import merge_segments
from courtsight.ingestion.prepare import PreparedDecision, prepare_again
from courtsight.ingestion.processes import how_many, worker_processes
from courtsight.ingestion.readers import READER_VERSION
from courtsight.ingestion.store import copy_parts, take_turns
from fondasi.kit.db import driver_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from courtsight.decisions.draft import DecisionDraft
    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Database

READ_AT_ONCE = 25  # decisions that a worker process takes
_PARTS = ("decision_section", "decision_page", "decision_citation", "decision_article")
_OLDER = """
SELECT id, updated_at FROM decision
WHERE reader_version < $1 AND character_count > 0 AND duplicate_of IS NULL AND ($2::uuid IS NULL OR id > $2)
ORDER BY id LIMIT $3
"""
_STILL = """
SELECT d.id FROM decision d JOIN unnest($1::uuid[], $2::timestamptz[]) AS w (id, updated_at) USING (id, updated_at)
FOR UPDATE OF d
"""
_CITATIONS = """
SELECT decision_id, kind, normalised, section, start_offset, end_offset, cited_number, cited_court
FROM decision_citation WHERE decision_id = ANY($1) ORDER BY decision_id, position
"""
_ARTICLES = "SELECT decision_id, number, law, rank, charged, mentions FROM decision_article WHERE decision_id = ANY($1)"
_OWNERS = "SELECT content_hash, id FROM decision WHERE content_hash = ANY($1)"


@dataclass(slots=True)
class RereadSummary:
    """What a run did: decisions that tell something else now, that tell the same, and that it left for another run."""

    changed: int = 0
    unchanged: int = 0
    left: int = 0

    @property
    def settled(self) -> int:
        """Decisions that the run is done with."""
        return self.changed + self.unchanged + self.left


async def count_older(database: Database) -> int:
    """How many decisions older readers read."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM decision"
                " WHERE reader_version < $1 AND character_count > 0 AND duplicate_of IS NULL",
                READER_VERSION,
            )
        )


async def reread(
    database: Database,
    index: Index,
    *,
    local_embedder: bool,
    processes: int | None = None,
    progress: Callable[[RereadSummary], None] | None = None,
) -> RereadSummary:
    """Read anew every decision that older readers read.

    Args:
        database: where the corpus is.
        index: its search index; decisions whose sections change are indexed again.
        local_embedder: whether worker processes can embed; see `Importer`.
        processes: worker processes; one per CPU core when None, a thread of this process with 0.
        progress: called after every step with the summary so far.
    """
    summary = RereadSummary()
    count = how_many(processes)
    last: UUID | None = None
    async with worker_processes(count) as pool:
        while True:
            async with database.connection() as connection:
                rows = await connection.fetch(_OLDER, READER_VERSION, last, READ_AT_ONCE * max(1, count))
                drafts = await _drafts(connection, [row["id"] for row in rows])
            if not rows:
                break
            last = rows[-1]["id"]
            prepared = await _prepared(pool, list(drafts.items()), index, embed=local_embedder)
            seen = {row["id"]: row["updated_at"] for row in rows}
            await _write(database, index, prepared, drafts, seen, summary)
            if progress is not None:
                progress(summary)
    await merge_segments(database, index)
    return summary


async def _drafts(connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, DecisionDraft]:
    """Stored decisions with their texts and pages, by id."""
    drafts = await stored_drafts(connection, ids)
    sections = await connection.fetch(
        "SELECT decision_id, name, text FROM decision_section WHERE decision_id = ANY($1)"
        " ORDER BY decision_id, position",
        ids,
    )
    for row in sections:
        drafts[row["decision_id"]].sections[row["name"]] = row["text"]
    pages = await connection.fetch(
        "SELECT decision_id, number, width, height, lines FROM decision_page WHERE decision_id = ANY($1)"
        " ORDER BY decision_id, number",
        ids,
    )
    for row in pages:
        page = PageLayout(row["number"], row["width"], row["height"], tuple(row["lines"]))
        drafts[row["decision_id"]].pages.append(page)
    return drafts


async def _prepared(
    pool: Executor, drafts: Sequence[tuple[UUID, DecisionDraft]], index: Index, *, embed: bool
) -> list[PreparedDecision]:
    loop = asyncio.get_running_loop()
    parts = [drafts[start : start + READ_AT_ONCE] for start in range(0, len(drafts), READ_AT_ONCE)]
    work = (loop.run_in_executor(pool, partial(prepare_again, part, embed=embed)) for part in parts)
    prepared = [item for part in await asyncio.gather(*work) for item in part]
    if not embed:
        before = dict(drafts)
        moved = [item for item in prepared if _texts(item.draft) != _texts(before[item.id])]
        for item, indexed in zip(
            moved, await index.prepare([item.document() for item in moved]), strict=True
        ):
            item.indexed = indexed
    return prepared


async def _write(  # noqa: PLR0917 - a step, and what it began with
    database: Database,
    index: Index,
    prepared: Sequence[PreparedDecision],
    drafts: dict[UUID, DecisionDraft],
    seen: dict[UUID, datetime],
    summary: RereadSummary,
) -> None:
    """Write a step. What somebody changed meanwhile, or what now has the text of another, stays as it is."""
    async with database.unit_of_work() as session:
        connection = await driver_connection(session)
        await take_turns(connection, {item.draft.identity.number for item in prepared})
        still = {row["id"] for row in await connection.fetch(_STILL, list(seen), list(seen.values()))}
        rows = await connection.fetch(_OWNERS, [item.content_hash for item in prepared])
        owners = {row["content_hash"]: row["id"] for row in rows}
        kept = [
            item
            for item in prepared
            if item.id in still and owners.setdefault(item.content_hash, item.id) == item.id
        ]
        changed = await _changed(connection, kept, drafts)
        await _rewrite(connection, changed)
        if moved := [item.indexed for item in changed if item.indexed is not None]:
            await index.write(connection, moved)
        await connection.execute(
            "UPDATE decision SET reader_version = $1 WHERE id = ANY($2)",
            READER_VERSION,
            [item.id for item in kept],
        )
    summary.changed += len(changed)
    summary.unchanged += len(kept) - len(changed)
    summary.left += len(prepared) - len(kept)


async def _changed(
    connection: asyncpg.Connection, decisions: Sequence[PreparedDecision], drafts: dict[UUID, DecisionDraft]
) -> list[PreparedDecision]:
    """Those of the decisions that tell something else than what is stored."""
    ids = [item.id for item in decisions]
    citations = _by_decision(await connection.fetch(_CITATIONS, ids))
    articles = _by_decision(await connection.fetch(_ARTICLES, ids))
    return [
        item
        for item in decisions
        if item.draft != drafts[item.id]
        or _texts(item.draft) != _texts(drafts[item.id])
        or item.citations != citations[item.id]
        or {astuple(row) for row in item.articles} != set(articles[item.id])
    ]


def _by_decision(rows: Sequence[Any]) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for decision_id, *values in rows:
        found[decision_id].append(tuple(values))
    return found


async def _rewrite(connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]) -> None:
    ids = [item.id for item in decisions]
    for table in _PARTS:
        await connection.execute(f"DELETE FROM {table} WHERE decision_id = ANY($1)", ids)  # noqa: S608 - constants
    for item in decisions:
        await update(connection, item.id, item, text=True)
    await copy_parts(connection, decisions)


def _texts(draft: DecisionDraft) -> list[tuple[str, str]]:
    return list(draft.sections.items())
