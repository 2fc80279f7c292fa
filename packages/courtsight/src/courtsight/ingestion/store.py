"""Writes prepared decisions with COPY, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

from courtsight.decisions.identity import Identity, same_decision
from courtsight.ingestion.completion import completed, merged, stored_drafts, update
from courtsight.ingestion.prepare import DECISION_COLUMNS, PreparedDecision, decision_row
from fondasi.kit.db import Session, driver_connection, lift_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    import asyncpg

    from courtsight.decisions.draft import DecisionDraft
    from fondasi.ai.retrieval import Index

SECTION_COLUMNS = ("decision_id", "position", "name", "text")
PAGE_COLUMNS = ("decision_id", "number", "width", "height", "lines")
CITATION_COLUMNS = (
    *("decision_id", "position", "kind", "normalised", "section"),
    *("start_offset", "end_offset", "cited_number", "cited_court"),
)
WRITERS_LOCK = 0x636F7572  # "cour"
ARTICLE_COLUMNS = ("number", "law", "decision_id", "rank", "charged", "mentions")


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    imported: int = 0
    replaced: int = 0
    completed: int = 0
    unchanged: int = 0
    conflicts: list[PreparedDecision] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored decision with the number of a new one."""

    id: UUID
    has_text: bool


async def known_hashes(connection: asyncpg.Connection, hashes: Sequence[bytes]) -> set[bytes]:
    """Those of the content hashes that the corpus has."""
    rows = await connection.fetch("SELECT content_hash FROM decision WHERE content_hash = ANY($1)", hashes)
    return {row["content_hash"] for row in rows}


async def store(
    session: Session,
    index: Index,
    decisions: Sequence[PreparedDecision],
    *,
    replacing: bool,
    settled: set[Identity] | None = None,
) -> Stored:
    """Write decisions, their citations and their place in the index.

    A decision that is known by its content is left alone. A page without the text and a text complete each other.
    A text with the number and court of a known decision but other words is a conflict, and left out, unless
    `replacing` is set: then it takes the known one's place and id.

    Args:
        session: the unit of work; other imports wait with the same decisions until it ends, and with no others.
        index: the search index.
        decisions: what to write.
        replacing: whether a new text takes the place of a known one.
        settled: numbers that the same import has met before. Of several texts with one number the first counts, so
            that running the import again changes nothing. Those of `decisions` are added.
    """
    connection = await driver_connection(session)
    await take_turns(connection, {decision.draft.identity.number for decision in decisions})
    outcome = Stored()
    settled = set() if settled is None else settled
    known = await known_hashes(connection, [decision.content_hash for decision in decisions])
    numbers = await _known_numbers(connection, decisions)
    chosen: dict[Identity, PreparedDecision] = {}
    replaced: set[UUID] = set()
    for decision in decisions:
        number = _stored_as(decision.draft.identity, (*numbers, *chosen))
        if decision.content_hash in known:
            outcome.unchanged += 1
        elif (same := chosen.get(number)) and not (same.draft.sections and decision.draft.sections):
            chosen[number] = merged(same, decision)
            chosen[number].id = same.id
            outcome.completed += 1
        elif (before := numbers.get(number)) and not (before.has_text and decision.draft.sections):
            if await _complete(connection, before.id, decision):
                outcome.completed += 1
            else:
                outcome.unchanged += 1
            if decision.draft.sections:
                chosen[number] = decision
                replaced.add(before.id)
        elif number in settled or (before and not replacing):
            outcome.conflicts.append(decision)
        else:
            if before:
                decision.id = before.id
                replaced.add(before.id)
                outcome.replaced += 1
            else:
                outcome.imported += 1
            chosen[number] = decision
        known.add(decision.content_hash)
        settled.add(number)
    await _write(connection, index, list(chosen.values()), replaced)
    return outcome


def _stored_as(identity: Identity, known: Sequence[Identity]) -> Identity:
    """The identity under which a decision is known, if the words for its court differ from those of `identity`."""
    return same_decision(identity, [one for one in known if one.number == identity.number]) or identity


async def take_turns(connection: asyncpg.Connection, numbers: Iterable[str]) -> None:
    """Wait until nobody else writes decisions with these numbers, longer than a request may; and write as long.

    The court is left out: the same decision may be known without it.
    """
    # All in one order, so that no two wait for each other.
    locks = sorted({crc32(number.encode()) & 0x7FFFFFFF for number in numbers})
    await lift_limits(connection)
    await connection.execute(
        "SELECT pg_advisory_xact_lock($1, number) FROM unnest($2::integer[]) AS number", WRITERS_LOCK, locks
    )


async def _complete(connection: asyncpg.Connection, known_id: UUID, decision: PreparedDecision) -> bool:
    """Take what a stored decision and a new file of it lack from each other; False if there is nothing to take.

    A text takes the place of a stored decision that has none; its caller writes it.
    """
    stored = (await stored_drafts(connection, [known_id]))[known_id]
    if decision.draft.sections:
        decision.source = replace(decision.source, draft=completed(decision.draft, stored))
        decision.id = known_id
        return True
    whole = completed(stored, decision.draft)
    if whole == stored:
        return False
    await update(connection, known_id, replace(decision, source=replace(decision.source, draft=whole)))
    return True


async def _write(
    connection: asyncpg.Connection, index: Index, decisions: Sequence[PreparedDecision], replaced: set[UUID]
) -> None:
    if not decisions:
        return
    if replaced:
        await connection.execute("DELETE FROM decision WHERE id = ANY($1)", list(replaced))
    await _copy(connection, decisions)
    await _index(connection, index, decisions)


async def _known_numbers(
    connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]
) -> dict[Identity, _Known]:
    """What is stored under the numbers of decisions, of whatever court."""
    rows = await connection.fetch(
        "SELECT id, number_key, court_key, character_count > 0 AS has_text"
        " FROM decision WHERE number_key = ANY($1) AND duplicate_of IS NULL",
        list({decision.draft.identity.number for decision in decisions}),
    )
    return {Identity(row["number_key"], row["court_key"]): _Known(row["id"], row["has_text"]) for row in rows}


async def _index(connection: asyncpg.Connection, index: Index, decisions: Sequence[PreparedDecision]) -> None:
    """A replaced decision has the id of the one before, which its index document does not know yet."""
    documents = [replace(item.indexed, id=item.id) for item in decisions if item.indexed is not None]
    if len(documents) < len(decisions):
        raise ValueError("Decisions must be prepared for the index before they are stored.")
    await index.write(connection, documents)


async def _copy(connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]) -> None:
    await connection.copy_records_to_table(
        "decision", columns=DECISION_COLUMNS, records=[decision_row(decision) for decision in decisions]
    )
    await copy_parts(connection, decisions)


def page_rows(decision_id: UUID, draft: DecisionDraft) -> list[tuple[Any, ...]]:
    """Values of `PAGE_COLUMNS` for COPY."""
    return [(decision_id, page.number, page.width, page.height, page.lines) for page in draft.pages]


async def copy_parts(connection: asyncpg.Connection, decisions: Sequence[PreparedDecision]) -> None:
    """Write what belongs to decisions that are stored: sections, pages, citations, articles."""
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
        "decision_page",
        columns=PAGE_COLUMNS,
        records=[row for decision in decisions for row in page_rows(decision.id, decision.draft)],
    )
    await connection.copy_records_to_table(
        "decision_citation",
        columns=CITATION_COLUMNS,
        records=[
            (decision.id, position, *row)
            for decision in decisions
            for position, row in enumerate(decision.citations)
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
