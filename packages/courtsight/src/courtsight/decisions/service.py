"""Reading the corpus: documents, statistics, suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtsight.decisions import repository, tally
from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.models import Decision
from courtsight.decisions.suggestions import typed
from fondasi.kit.db import driver_connection

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Session

SUGGESTIONS = 10


async def read_decision(session: Session, decision_id: UUID) -> Decision:
    """A decision without its text.

    Raises:
        DecisionNotFound: there is none with that id.
    """
    decision = await repository.get_decision(session, decision_id)
    if decision is None:
        raise DecisionNotFound
    return decision


async def read_document(session: Session, decision_id: UUID) -> dict[str, Any]:
    """A decision with its sections, as `DecisionRead` takes it."""
    decision = await read_decision(session, decision_id)
    sections = await repository.sections_of(session, decision_id)
    columns = {column.key: getattr(decision, column.key) for column in Decision.__table__.columns}
    return {**columns, "sections": sections, "original": await repository.original_of(session, decision_id)}


async def statistics(session: Session, index: Index) -> dict[str, Any]:
    """The corpus and its index in numbers."""
    size = await index.size(await driver_connection(session))
    totals = await tally.totals(session)
    values = await tally.most_frequent(session, ["level", "case_type", "year"], 200)
    return {
        "total_statistics": {
            "total_documents": totals.get("decision", 0),
            "fictitious_documents": totals.get("fictitious", 0),
            "total_sections": totals.get("decision_section", 0),
            "total_citations": totals.get("decision_citation", 0),
            "last_updated": await repository.last_updated(session),
            "total_chunks": size.passages,
            "total_embedding_vectors": size.vectors,
            "embedding_model": size.model_id,
        },
        **{f"by_{name}": counted(rows) for name, rows in values.items()},
    }


async def suggest(session: Session, text: str) -> list[dict[str, Any]]:
    """Completions: decision numbers, articles, legal areas and courts that begin with the text."""
    begun = typed(text)
    found: list[dict[str, Any]] = [
        {"text": f"{row.case_number} ({row.court})", "kind": "decision", "decision_id": row.id}
        for row in await repository.numbers_like(session, begun, SUGGESTIONS)
    ]
    values = await tally.completions(session, begun, SUGGESTIONS)
    found += [{"text": text, "kind": kind} for kind, texts in values.items() for text in texts]
    return found[:SUGGESTIONS]


def counted(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Values with their counts, as `Count` takes them."""
    return [{"value": value, "count": count} for value, count in rows]
