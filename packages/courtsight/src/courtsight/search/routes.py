"""Routes of the search."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path as PathParameter
from fastapi import Query, Response

from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.schemas import Count, DecisionSummary, Facet, Facets, FilterText
from courtsight.search import facets, matches, matching, service
from courtsight.search.saving import saved_as
from courtsight.search.schemas import (
    MOST_AS_TYPED,
    Counting,
    ExportLink,
    Matches,
    QueryText,
    SearchAnswer,
    SearchHit,
    SearchLink,
    SearchRequest,
)
from fondasi.access import public
from fondasi.ai.retrieval import Index
from fondasi.dependencies import CurrentPlatform, ReadSession
from fondasi.kit.http import Page, PageParams, Router, raises

router = Router(prefix="/legal-search", tags=["legal-search"])


@router.post("/search", operation_id="search_documents", response_model=SearchAnswer, dependencies=[public])
async def search_documents(
    request: SearchRequest, session: ReadSession, platform: CurrentPlatform
) -> dict[str, Any]:
    """Search decisions: plain language, a decision number, an article, `"a phrase"`, `-word`, `court:...`."""
    return await service.search(session, platform.get(Index), request)


@router.get("/search", operation_id="list_search_hits", response_model=SearchAnswer, dependencies=[public])
async def list_search_hits(
    asked: Annotated[SearchLink, Query()], session: ReadSession, platform: CurrentPlatform
) -> dict[str, Any]:
    """Search by a link: as POST does, filters as parameters."""
    return await service.search(session, platform.get(Index), asked.request())


@router.get(
    "/search/export",
    operation_id="export_search_hits",
    response_model=list[DecisionSummary],
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    dependencies=[public],
)
async def export_search_hits(
    asked: Annotated[ExportLink, Query()], session: ReadSession, platform: CurrentPlatform
) -> Response:
    """Save the decisions that a search finds, in its order: the first 1,000."""
    return saved_as(await matching.saved(session, platform.get(Index), asked.request()), asked.format)


@router.get("/facets", operation_id="read_facets", response_model=Facets, dependencies=[public])
async def read_facets(
    asked: Annotated[Counting, Query()], session: ReadSession, platform: CurrentPlatform
) -> dict[str, Any]:
    """Values to filter by, counted among what the query and the other filters find."""
    return await facets.facets(session, platform.get(Index), asked)


@router.get(
    "/facets/{facet}", operation_id="list_facet_values", response_model=Page[Count], dependencies=[public]
)
async def list_facet_values(
    facet: Annotated[Facet, PathParameter(description="What to count by.")],
    asked: Annotated[Counting, Query()],
    params: PageParams,
    session: ReadSession,
    platform: CurrentPlatform,
) -> dict[str, Any]:
    """All values of a facet, the most frequent first, among what the query and the other filters find."""
    return await facets.facet(session, platform.get(Index), asked, facet, params)


@router.get(
    "/documents/{document_id}/matches",
    operation_id="list_matches",
    response_model=Matches,
    dependencies=[public, raises(DecisionNotFound)],
)
async def list_matches(
    document_id: UUID,
    q: Annotated[QueryText, Query(description="The query, as in a search.", examples=["pencurian"])],
    session: ReadSession,
    platform: CurrentPlatform,
    *,
    expand: Annotated[bool, Query(description="As in a search.")] = True,
    as_typed: Annotated[
        list[FilterText], Query(max_length=MOST_AS_TYPED, description="As in a search.")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> dict[str, Any]:
    """Every place of a decision where a query matches, in reading order."""
    request = SearchRequest(query=q, expand=expand, as_typed=as_typed)
    return await matches.matches(session, platform.get(Index), document_id, request)


@router.get(
    "/documents/{document_id}/similar",
    operation_id="list_similar_documents",
    response_model=list[SearchHit],
    dependencies=[public, raises(DecisionNotFound)],
)
async def list_similar_documents(
    document_id: UUID,
    session: ReadSession,
    platform: CurrentPlatform,
    limit: Annotated[int, Query(ge=1, le=50, description="Hits to give.")] = 10,
) -> list[SearchHit]:
    """Decisions that are near in meaning."""
    return await service.similar(session, platform.get(Index), document_id, limit)
