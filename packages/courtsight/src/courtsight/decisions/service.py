"""Reading the corpus: documents, statistics, facets, suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtsight.decisions import repository
from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.models import Decision
from fondasi.kit.db import driver_connection

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Session

FACETS = ("court", "level", "jurisdiction", "case_type", "legal_area", "outcome", "year")
FACET_VALUES = 20
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
    return {**columns, "sections": sections}


async def facets(session: Session, conditions: list[ColumnElement[bool]]) -> dict[str, list[dict[str, Any]]]:
    """The most frequent values of each facet among the decisions that meet the conditions."""
    found = {
        name: _counted(await repository.counts(session, getattr(Decision, name), conditions, FACET_VALUES))
        for name in FACETS
    }
    found["article"] = _counted(await repository.article_counts(session, conditions, FACET_VALUES))
    return found


async def statistics(session: Session, index: Index) -> dict[str, Any]:
    """The corpus and its index in numbers."""
    size = await index.size(await driver_connection(session))
    indexed = {
        "total_chunks": size.passages,
        "total_embedding_vectors": size.vectors,
        "embedding_model": size.model_id,
    }
    return {
        "total_statistics": {**await repository.totals(session), **indexed},
        **{
            f"by_{name}": _counted(await repository.counts(session, getattr(Decision, name), [], 200))
            for name in ("level", "case_type", "year")
        },
    }


async def suggest(session: Session, text: str) -> list[dict[str, Any]]:
    """Completions: decision numbers, articles, legal areas and courts that begin with the text."""
    prefix = " ".join(text.lower().split())
    numbers = await repository.numbers_starting_with(session, prefix, SUGGESTIONS)
    found: list[dict[str, Any]] = [
        {"text": f"{row.case_number} ({row.court})", "kind": "decision", "decision_id": row.id}
        for row in numbers
    ]
    articles = await repository.articles_starting_with(session, prefix, SUGGESTIONS)
    found += [{"text": article, "kind": "article"} for article in articles]
    for column, kind in ((Decision.legal_area, "legal_area"), (Decision.court, "court")):
        values = await repository.values_containing(session, column, prefix, SUGGESTIONS)
        found += [{"text": value, "kind": kind} for value in values]
    return found[:SUGGESTIONS]


def _counted(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in rows]
