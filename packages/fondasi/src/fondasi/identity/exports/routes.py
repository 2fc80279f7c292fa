"""The archive of everything that is kept about the caller. API keys cannot reach it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from fondasi.access import Principal, authenticated, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.exports import jobs, service
from fondasi.identity.exports.errors import ExportNotReady, TooManyExports
from fondasi.identity.exports.models import DataExport
from fondasi.identity.exports.schemas import ExportRead
from fondasi.kit.db import Session
from fondasi.kit.http import NotFound, Router, raises
from fondasi.kit.jobs import TooManyJobs

router = Router(prefix="/settings/export", tags=["account"])
Caller = Annotated[Principal, authenticated]
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The archive: `data` holds a list of rows for each table.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "",
    operation_id="create_export",
    status_code=202,
    response_model=ExportRead,
    dependencies=[authenticated, step_up, raises(TooManyExports, TooManyJobs)],
)
async def create_export(caller: Caller, platform: CurrentPlatform, session: UnitOfWork) -> DataExport:
    """Have an archive built of everything that is kept about the caller. They are told when it is ready."""

    async def enqueue(unit: Session, export: DataExport) -> UUID:
        return await jobs.build.enqueue(unit, enqueued_by=export.user_id, export_id=export.id)

    return await service.request_export(session, platform, caller, enqueue)


@router.get(
    "/{export_id}", operation_id="read_export", response_model=ExportRead, dependencies=[raises(NotFound)]
)
async def read_export(export_id: UUID, caller: Caller, session: ReadSession) -> DataExport:
    """Where the caller's archive stands."""
    return await service.read_export(session, caller, export_id)


@router.get(
    "/{export_id}/file",
    operation_id="read_export_file",
    responses=FILE,
    response_class=Response,
    dependencies=[raises(NotFound, ExportNotReady)],
)
async def read_export_file(
    export_id: UUID, request: Request, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> StreamingResponse:
    """The caller's archive, as JSON."""
    found = await service.find_file(session, caller, export_id)
    compressed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return StreamingResponse(
        service.content(platform.database, found, compressed=compressed),
        media_type="application/json",
        headers=headers,
    )
