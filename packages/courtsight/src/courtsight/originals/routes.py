"""Routes of the PDFs of decisions, under `/legal-search/documents/{id}`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.models import DecisionPage
from courtsight.originals import repository, service
from courtsight.originals.errors import OriginalNotKept, PageNotShown, PageNotThere, PagesBusy
from courtsight.originals.pages import Pages
from courtsight.originals.schemas import PageRead, PassagePage
from fondasi.access import public
from fondasi.dependencies import CurrentPlatform, ReadSession
from fondasi.files import CONTENT, RangeNotThere, StorageUnavailable, answer_with
from fondasi.kit.http import Listing, Router, Wanted, not_modified, raises

router = Router(prefix="/legal-search/documents/{document_id}", tags=["legal-search"])
FAILURES = raises(DecisionNotFound, OriginalNotKept)
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
PAGES = Listing(DecisionPage, PageRead, sort="number", sortable=["number"], key="number")
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The page.",
        "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}},
    }
}
MOST_PAGES, LONGEST_TEXT = 10_000, 2**31 - 1
NARROWEST, WIDEST, STEP = 400, 2000, 400  # pixels


@router.get(
    "/original",
    operation_id="read_original",
    response_class=Response,
    responses=CONTENT,
    dependencies=[public, FAILURES, raises(StorageUnavailable, RangeNotThere)],
)
async def read_original(document_id: UUID, request: Request, platform: CurrentPlatform) -> StreamingResponse:
    """The PDF that the decision was read from, to be saved. Takes `Range`."""
    async with platform.database.read_session(stranger=True) as session:
        found = await service.find_content(session, document_id)
    answer = await answer_with(platform, request, found)
    answer.headers.update(SANDBOX)
    return answer


@router.get("/pages", operation_id="list_pages", dependencies=[public, FAILURES], **PAGES.answers)
async def list_pages(
    document_id: UUID, wanted: Annotated[Wanted, PAGES.wanted], session: ReadSession
) -> Response:
    """The pages of the PDF and their sizes."""
    await service.find_content(session, document_id)
    return await wanted.answer(session, *repository.pages_of(document_id))


@router.get(
    "/pages/{number}",
    operation_id="read_page",
    response_class=Response,
    responses=PICTURE,
    dependencies=[public, FAILURES, raises(PageNotThere, PageNotShown, PagesBusy, StorageUnavailable)],
)
async def read_page(
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=MOST_PAGES, description="Which page; the first is 1.")],
    request: Request,
    platform: CurrentPlatform,
    width: Annotated[
        int,
        Query(
            ge=NARROWEST,
            le=WIDEST,
            multiple_of=STEP,
            description="Pixels; fewer where the page is very high.",
        ),
    ] = 800,
) -> Response:
    """A page of the PDF as a picture."""
    async with platform.database.read_session(stranger=True) as session:
        original = await service.find_original(session, document_id, number)
    etag = f'"{original.key[3:]}-{number}-{width}"'
    kept = {"Cache-Control": "private, no-cache", "ETag": etag}
    if not_modified(request.scope, etag):
        return Response(status_code=304, headers=kept)
    content = await platform.get(Pages).picture(original, number, width)
    return Response(content, media_type="image/webp", headers=kept)


@router.get(
    "/boxes",
    operation_id="list_boxes",
    response_model=list[PassagePage],
    dependencies=[public, FAILURES, raises(PagesBusy, StorageUnavailable)],
)
async def list_boxes(
    document_id: UUID,
    section: Annotated[str, Query(min_length=1, max_length=100, description="The section of the passage.")],
    start: Annotated[
        int, Query(ge=0, le=LONGEST_TEXT, description="Where it begins in the section, in characters.")
    ],
    end: Annotated[int, Query(ge=0, le=LONGEST_TEXT, description="Where it ends, likewise.")],
    platform: CurrentPlatform,
) -> list[PassagePage]:
    """The pages of the PDF that a passage stands on, with a box around each line of it; the first 20 of them.

    There are none where the section has no such passage, or was not read from the PDF.
    """
    async with platform.database.read_session(stranger=True) as session:
        original = await service.find_original(session, document_id)
        placed = await service.find_passage(session, document_id, section, start, end)
    return await service.exact(platform.get(Pages), original, placed)
