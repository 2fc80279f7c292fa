"""Writes prepared decisions with COPY, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from courtsight.ingestion.prepare import DECISION_COLUMNS, PreparedDecision, decision_row
from fondasi.kit.db import Session, driver_connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from fondasi.ai.retrieval import Index

SECTION_COLUMNS = ("decision_id", "position", "name", "text")
CITATION_COLUMNS = (
    *("decision_id", "position", "kind", "normalised", "section"),
    *("start_offset", "end_offset"),
)
ARTICLE_COLUMNS = ("number", "law", "decision_id", "rank", "charged", "mentions")


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    imported: int = 0
    replaced: int = 0
    unchanged: int = 0
    conflicts: list[PreparedDecision] = field(default_factory=list)


async def known_hashes(connection: asyncpg.Connection, hashes: Sequence[bytes]) -> set[bytes]:
    """Those of the content hashes that the corpus has."""
    rows = await connection.fetch("SELECT content_hash FROM decision WHERE content_hash = ANY($1)", hashes)
    return {row["content_hash"] for row in rows}


async def store(session: Session, index: Index, decisions: Sequence[PreparedDecision], *, replace: bool) -> Stored:
    """Write decisions, their citations and their place in the index.

    A decision that is known by its content is left alone. One with the number and court of a known decision but
    another text is a conflict, and left out, unless `replace` is set: then it takes the known one's place and id.
    """
    connection = await driver_connection(session)
    outcome = Stored()
    known = await known_hashes(connection, [decision.content_hash for decision in decisions])
    numbers = await _known_numbers(connection, decisions)
    chosen: dict[tuple[str, str], PreparedDecision] = {}
    for decision in decisions:
        key = (decision.draft.case_number, decision.draft.court)
        same = chosen.get(key)
        if decision.content_hash in known or (same and same.content_hash == decision.content_hash):
            outcome.unchanged += 1
        elif same or (key in numbers and not replace):
            outcome.conflicts.append(decision)
        else:
            if key in numbers:
                outcome.replaced += 1
                decision.id = numbers[key]
            chosen[key] = decision
    written = list(chosen.values())
    outcome.imported = len(written) - outcome.replaced
    if outcome.replaced:
        await connection.execute("DELETE FROM decision WHERE id = ANY($1)", [decision.id for decision in written])
    await _copy(connection, written)
    await _index(connection, index, written)
    return outcome


async def _known_numbers(
    connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]
) -> dict[tuple[str, str], UUID]:
    rows = await connection.fetch(
        "SELECT id, case_number, court FROM decision JOIN unnest($1::text[], $2::text[]) AS wanted (case_number, court)"
        " USING (case_number, court)",
        [decision.draft.case_number for decision in decisions],
        [decision.draft.court for decision in decisions],
    )
    return {(row["case_number"], row["court"]): row["id"] for row in rows}


async def _index(connection: asyncpg.Connection, index: Index, decisions: Sequence[PreparedDecision]) -> None:
    prepared = [decision.indexed for decision in decisions if decision.indexed is not None]
    if len(prepared) < len(decisions):
        prepared = await index.prepare([decision.document() for decision in decisions])
    for decision, document in zip(decisions, prepared, strict=True):
        object.__setattr__(document, "id", decision.id)
    await index.write(connection, prepared)


async def _copy(connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]) -> None:
    await connection.copy_records_to_table(
        "decision", columns=DECISION_COLUMNS, records=[decision_row(decision) for decision in decisions]
    )
    await connection.copy_records_to_table(
        "decision_section",
        columns=SECTION_COLUMNS,
        records=[
            (decision.id, position, name, text)
            for decision in decisions
            for position, (name, text) in enumerate(decision.draft.sections.items())
            if text
        ],
    )
    await connection.copy_records_to_table(
        "decision_citation",
        columns=CITATION_COLUMNS,
        records=[
            (decision.id, position, *row) for decision in decisions for position, row in enumerate(decision.citations)
        ],
    )
    await connection.copy_records_to_table(
        "decision_article",
        columns=ARTICLE_COLUMNS,
        records=[
            (row.number, row.law, decision.id, row.rank, row.charged, row.mentions)
            for decision in decisions
            for row in decision.articles
        ],
    )
