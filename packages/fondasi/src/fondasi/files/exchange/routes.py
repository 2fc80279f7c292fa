"""Routes of exports and imports: of the platform's datasets, and of those inside a tenant."""

from typing import Annotated
from uuid import UUID

from fondasi.access import Principal, StepUpRequired, authenticated_or_key
from fondasi.dependencies import (
    CurrentPlatform,
    ReadSession,
    TenantReadSession,
    TenantUnitOfWork,
    UnitOfWork,
)
from fondasi.files.errors import FileNotThere
from fondasi.files.exchange import service
from fondasi.files.exchange.errors import DatasetNotThere, RunNotThere, TooManyRuns
from fondasi.files.exchange.schemas import ExportCreate, ExportRun, ImportCreate, ImportRun
from fondasi.files.exchange.service import Desk
from fondasi.files.permissions import UPLOAD
from fondasi.kit.http import Forbidden, Router, raises
from fondasi.kit.jobs import TooManyJobs
from fondasi.tenancy import Member, in_tenant_path, member_of_tenant

exports = Router(prefix="/exports", tags=["exports"])
imports = Router(prefix="/imports", tags=["exports"])
exports_inside = Router(
    prefix="/tenants/{tenant_id}/exports", tags=["exports"], dependencies=[in_tenant_path]
)
imports_inside = Router(
    prefix="/tenants/{tenant_id}/imports", tags=["exports"], dependencies=[in_tenant_path]
)
Caller = Annotated[Principal, authenticated_or_key(UPLOAD)]
Inside = Annotated[Member, member_of_tenant]
STARTING = (DatasetNotThere, Forbidden, TooManyRuns, TooManyJobs)
EXPORTING = raises(*STARTING, StepUpRequired)
IMPORTING = raises(*STARTING, FileNotThere)
READING = raises(RunNotThere, DatasetNotThere, Forbidden)


@exports.post("", operation_id="create_rows_export", status_code=202, dependencies=[EXPORTING])
async def create_rows_export(
    wanted: ExportCreate, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> ExportRun:
    """Have rows written into a file that the caller alone can fetch."""
    return await service.start_export(session, platform, _own(caller), wanted)


@exports.get("/{export_id}", operation_id="read_rows_export", dependencies=[READING])
async def read_rows_export(
    export_id: UUID, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> ExportRun:
    """Where an export of the caller stands, and a link to its file."""
    return await service.read_export(session, platform, _own(caller), export_id)


@imports.post("", operation_id="create_rows_import", status_code=202, dependencies=[IMPORTING])
async def create_rows_import(
    wanted: ImportCreate, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> ImportRun:
    """Have the lines of an uploaded file brought in: all of them, or none."""
    return await service.start_import(session, platform, _own(caller), wanted)


@imports.get("/{import_id}", operation_id="read_rows_import", dependencies=[READING])
async def read_rows_import(
    import_id: UUID, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> ImportRun:
    """Where an import of the caller stands, and a link to the list of its bad lines."""
    return await service.read_import(session, platform, _own(caller), import_id)


@exports_inside.post("", operation_id="create_tenant_rows_export", status_code=202, dependencies=[EXPORTING])
async def create_tenant_rows_export(
    wanted: ExportCreate, member: Inside, platform: CurrentPlatform, session: TenantUnitOfWork
) -> ExportRun:
    """Have rows of the tenant written into a file that the caller alone can fetch."""
    return await service.start_export(session, platform, _of_tenant(member), wanted)


@exports_inside.get("/{export_id}", operation_id="read_tenant_rows_export", dependencies=[READING])
async def read_tenant_rows_export(
    export_id: UUID, member: Inside, platform: CurrentPlatform, session: TenantReadSession
) -> ExportRun:
    """Where an export of the caller from the tenant stands, and a link to its file."""
    return await service.read_export(session, platform, _of_tenant(member), export_id)


@imports_inside.post("", operation_id="create_tenant_rows_import", status_code=202, dependencies=[IMPORTING])
async def create_tenant_rows_import(
    wanted: ImportCreate, member: Inside, platform: CurrentPlatform, session: TenantUnitOfWork
) -> ImportRun:
    """Have the lines of a file that the caller uploaded for the tenant brought in: all of them, or none."""
    return await service.start_import(session, platform, _of_tenant(member), wanted)


@imports_inside.get("/{import_id}", operation_id="read_tenant_rows_import", dependencies=[READING])
async def read_tenant_rows_import(
    import_id: UUID, member: Inside, platform: CurrentPlatform, session: TenantReadSession
) -> ImportRun:
    """Where an import of the caller into the tenant stands, and a link to the list of its bad lines."""
    return await service.read_import(session, platform, _of_tenant(member), import_id)


def _own(caller: Principal) -> Desk:
    return Desk(caller, None, caller.may)


def _of_tenant(member: Member) -> Desk:
    return Desk(member.principal, member.tenant_id, member.may)
