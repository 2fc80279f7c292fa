"""Routes of the PDFs of decisions, under `/legal-search/documents/{id}`."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from courtsight.decisions.errors import DecisionNotFound
from courtsight.originals import service
from courtsight.originals.errors import OriginalNotKept
from fondasi.access import public
from fondasi.dependencies import CurrentPlatform
from fondasi.files import CONTENT, RangeNotThere, StorageUnavailable, answer_with
from fondasi.kit.http import Router, raises

router = Router(prefix="/legal-search/documents/{document_id}", tags=["legal-search"])
FAILURES = raises(DecisionNotFound, OriginalNotKept, StorageUnavailable)
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}


@router.get(
    "/original",
    operation_id="read_original",
    response_class=Response,
    responses=CONTENT,
    dependencies=[public, FAILURES, raises(RangeNotThere)],
)
async def read_original(document_id: UUID, request: Request, platform: CurrentPlatform) -> StreamingResponse:
    """The PDF that the decision was read from, to be saved. Takes `Range`."""
    async with platform.database.read_session(stranger=True) as session:
        found = await service.find_original(session, document_id)
    answer = await answer_with(platform, request, found)
    answer.headers.update(SANDBOX)
    return answer
