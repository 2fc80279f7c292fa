"""The archive of everything that is kept about the caller. API keys cannot reach it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from fondasi.access import Principal, authenticated, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.files.archives import jobs, service
from fondasi.files.archives.errors import ExportNotReady, TooManyExports
from fondasi.files.archives.models import DataExport
from fondasi.files.archives.schemas import ExportRead
from fondasi.files.downloads import Content
from fondasi.files.errors import RangeNotThere, StorageUnavailable
from fondasi.files.routes import answer_with
from fondasi.kit.db import Session
from fondasi.kit.http import NotFound, Router, raises
from fondasi.kit.jobs import TooManyJobs

router = Router(prefix="/settings/export", tags=["account"])
Caller = Annotated[Principal, authenticated]
_SCHEMA = {"content": {"application/json": {"schema": {"type": "object"}}}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The archive: `data` holds a list of rows for each table.", **_SCHEMA},
    206: {"description": "The part of the archive that `Range` asks for.", **_SCHEMA},
}


@router.post(
    "",
    operation_id="create_export",
    status_code=202,
    dependencies=[authenticated, step_up, raises(TooManyExports, TooManyJobs)],
)
async def create_export(caller: Caller, platform: CurrentPlatform, session: UnitOfWork) -> ExportRead:
    """Have an archive built of everything that is kept about the caller. They are told when it is ready."""

    async def enqueue(unit: Session, export: DataExport) -> UUID:
        return await jobs.build.enqueue(unit, enqueued_by=export.user_id, export_id=export.id)

    return await service.request_export(session, platform, caller, enqueue)


@router.get("/{export_id}", operation_id="read_export", dependencies=[raises(NotFound)])
async def read_export(
    export_id: UUID, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> ExportRead:
    """Where the caller's archive stands, and a link to it."""
    return await service.read_export(session, platform, caller, export_id)


@router.get(
    "/{export_id}/file",
    operation_id="read_export_file",
    responses=FILE,
    response_class=Response,
    dependencies=[raises(NotFound, ExportNotReady, RangeNotThere, StorageUnavailable)],
)
async def read_export_file(
    export_id: UUID, request: Request, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> StreamingResponse:
    """The caller's archive, as JSON. Takes `Range`."""
    file = await service.find_file(session, caller, export_id)
    return await answer_with(platform, request, Content.of(file))
