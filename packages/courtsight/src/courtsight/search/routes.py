"""Routes of the search."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from courtsight.decisions.errors import DecisionNotFound
from courtsight.search import service
from courtsight.search.schemas import MAX_RESULTS, QueryText, SearchAnswer, SearchHit, SearchRequest, Strategy
from fondasi.access import public
from fondasi.ai.retrieval import Index
from fondasi.dependencies import CurrentPlatform, ReadSession
from fondasi.kit.http import Router, raises

router = Router(prefix="/legal-search", tags=["legal-search"])


@router.post("/search", operation_id="search_documents", response_model=SearchAnswer, dependencies=[public])
async def search_documents(
    request: SearchRequest, session: ReadSession, platform: CurrentPlatform
) -> dict[str, Any]:
    """Search decisions: plain language, a decision number, an article, `"a phrase"`, `-word`, `court:...`."""
    return await service.search(session, platform.get(Index), request)


@router.get("/search", operation_id="list_search_hits", response_model=SearchAnswer, dependencies=[public])
async def list_search_hits(
    query: Annotated[QueryText, Query(description="As in POST, operators included.", examples=["pencurian"])],
    session: ReadSession,
    platform: CurrentPlatform,
    *,
    page: Annotated[int, Query(ge=1, le=MAX_RESULTS, description="Page number, from 1.")] = 1,
    items_per_page: Annotated[int, Query(ge=1, le=100, description="Hits per page.")] = 10,
    strategy: Annotated[Strategy, Query(description="How to rank.")] = Strategy.HYBRID,
    understand: Annotated[bool, Query(description="As in POST.")] = True,
    expand: Annotated[bool, Query(description="As in POST.")] = True,
) -> dict[str, Any]:
    """Search by a link: as POST does, without its filters."""
    request = SearchRequest(
        query=query,
        page=page,
        items_per_page=items_per_page,
        strategy=strategy,
        understand=understand,
        expand=expand,
    )
    return await service.search(session, platform.get(Index), request)


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
