"""Routes of the corpus, under `/legal-search`: documents, citations, statistics, suggestions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from courtsight.decisions import repository, service
from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.filters import conditions
from courtsight.decisions.models import Decision, DecisionCitation
from courtsight.decisions.schemas import (
    CitationRead,
    CorpusStatistics,
    DecisionRead,
    DecisionSummary,
    QueryFilters,
    Suggestion,
)
from fondasi.access import public
from fondasi.ai.retrieval import Index
from fondasi.dependencies import CurrentPlatform, ReadSession
from fondasi.kit.http import Listing, Router, Wanted, raises

router = Router(prefix="/legal-search", tags=["legal-search"])
DOCUMENTS = Listing(
    Decision,
    DecisionSummary,
    sort="-pronounced_on",
    sortable=["pronounced_on", "case_number", "court", "created_at"],
)
CITATIONS = Listing(
    DecisionCitation,
    CitationRead,
    sort="position",
    sortable=["position"],
    filters=["kind"],
    key="position",
    columns=repository.CITATION,
    joined=repository.with_sections,
)


@router.get("/documents", operation_id="list_documents", dependencies=[public], **DOCUMENTS.answers)
async def list_documents(
    filters: Annotated[QueryFilters, Query()],
    wanted: Annotated[Wanted, DOCUMENTS.wanted],
    session: ReadSession,
) -> Response:
    """Decisions that meet the filters, newest first."""
    return await wanted.answer(session, *conditions(filters))


@router.get(
    "/documents/{document_id}",
    operation_id="read_document",
    response_model=DecisionRead,
    dependencies=[public, raises(DecisionNotFound)],
)
async def read_document(document_id: UUID, session: ReadSession) -> dict[str, Any]:
    """A whole decision, section by section."""
    return await service.read_document(session, document_id)


@router.get(
    "/documents/{document_id}/citations",
    operation_id="list_citations",
    dependencies=[public, raises(DecisionNotFound)],
    **CITATIONS.answers,
)
async def list_citations(
    document_id: UUID, wanted: Annotated[Wanted, CITATIONS.wanted], session: ReadSession
) -> Response:
    """The laws and decisions that a decision cites, in reading order."""
    decision = await service.read_decision(session, document_id)
    return await wanted.answer(session, *repository.cites(decision))


@router.get(
    "/documents/{document_id}/cited-by",
    operation_id="list_citing_documents",
    dependencies=[public, raises(DecisionNotFound)],
    **DOCUMENTS.answers,
)
async def list_citing_documents(
    document_id: UUID, wanted: Annotated[Wanted, DOCUMENTS.wanted], session: ReadSession
) -> Response:
    """The decisions that cite a decision, newest first."""
    decision = await service.read_decision(session, document_id)
    return await wanted.answer(session, *repository.cited(decision))


@router.get(
    "/stats", operation_id="read_corpus_statistics", response_model=CorpusStatistics, dependencies=[public]
)
async def read_corpus_statistics(session: ReadSession, platform: CurrentPlatform) -> dict[str, Any]:
    """The corpus in numbers."""
    return await service.statistics(session, platform.get(Index))


@router.get(
    "/suggest", operation_id="list_suggestions", response_model=list[Suggestion], dependencies=[public]
)
async def list_suggestions(
    q: Annotated[str, Query(min_length=1, max_length=200, description="What has been typed so far.")],
    session: ReadSession,
) -> list[dict[str, Any]]:
    """Completions of a query: decisions, articles, legal areas, courts."""
    return await service.suggest(session, q)
