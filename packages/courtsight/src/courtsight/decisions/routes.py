"""Routes of the corpus, under `/legal-search`: documents, citations, statistics, facets, suggestions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import ConfigDict

from courtsight.decisions import repository, service
from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.filters import conditions
from courtsight.decisions.models import Decision
from courtsight.decisions.schemas import (
    CitationRead,
    CorpusStatistics,
    DecisionRead,
    DecisionSummary,
    Facets,
    Filters,
    Suggestion,
)
from fondasi.access import public
from fondasi.ai.retrieval import Index
from fondasi.dependencies import CurrentPlatform, ReadSession
from fondasi.kit.http import Page, PageParams, Router, page_of, raises, sort_by

router = Router(prefix="/legal-search", tags=["legal-search"])


class QueryFilters(Filters):
    """The filters as query parameters; the router refuses unknown ones."""

    model_config = ConfigDict(extra="ignore")


Order = Annotated[
    list[Any],
    sort_by(
        "-pronounced_on",
        pronounced_on=Decision.pronounced_on,
        case_number=Decision.case_number,
        court=Decision.court,
        created_at=Decision.created_at,
    ),
]


@router.get(
    "/documents", operation_id="list_documents", response_model=Page[DecisionSummary], dependencies=[public]
)
async def list_documents(
    filters: Annotated[QueryFilters, Query()], page: PageParams, order: Order, session: ReadSession
) -> dict[str, Any]:
    """Decisions that meet the filters, newest first."""
    rows, total = await repository.list_decisions(
        session, conditions(filters), offset=page.offset, limit=page.items_per_page, order=order
    )
    return page_of(rows, total, page)


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
    response_model=Page[CitationRead],
    dependencies=[public, raises(DecisionNotFound)],
)
async def list_citations(document_id: UUID, page: PageParams, session: ReadSession) -> dict[str, Any]:
    """The laws and decisions that a decision cites, in reading order."""
    decision = await service.read_decision(session, document_id)
    rows, total = await repository.citations_of(
        session, decision.id, offset=page.offset, limit=page.items_per_page
    )
    return page_of(rows, total, page)


@router.get(
    "/documents/{document_id}/cited-by",
    operation_id="list_citing_documents",
    response_model=Page[DecisionSummary],
    dependencies=[public, raises(DecisionNotFound)],
)
async def list_citing_documents(document_id: UUID, page: PageParams, session: ReadSession) -> dict[str, Any]:
    """The decisions that cite a decision, newest first."""
    decision = await service.read_decision(session, document_id)
    rows, total = await repository.cited_by(session, decision, offset=page.offset, limit=page.items_per_page)
    return page_of(rows, total, page)


@router.get(
    "/stats", operation_id="read_corpus_statistics", response_model=CorpusStatistics, dependencies=[public]
)
async def read_corpus_statistics(session: ReadSession, platform: CurrentPlatform) -> dict[str, Any]:
    """The corpus in numbers."""
    return await service.statistics(session, platform.get(Index))


@router.get("/facets", operation_id="read_facets", response_model=Facets, dependencies=[public])
async def read_facets(filters: Annotated[QueryFilters, Query()], session: ReadSession) -> dict[str, Any]:
    """Values to filter by, with counts among the decisions that meet the filters."""
    return await service.facets(session, conditions(filters))


@router.get(
    "/suggest", operation_id="list_suggestions", response_model=list[Suggestion], dependencies=[public]
)
async def list_suggestions(
    q: Annotated[str, Query(min_length=1, max_length=200, description="What has been typed so far.")],
    session: ReadSession,
) -> list[dict[str, Any]]:
    """Completions of a query: decisions, articles, legal areas, courts."""
    return await service.suggest(session, q)
