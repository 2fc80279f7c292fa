"""The work of exports and imports."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prometheus_client import Counter

from fondasi.access import PermissionRegistry, still_holds
from fondasi.files import made, repository
from fondasi.files.exchange.importing import CSV_TYPE, Import
from fondasi.files.exchange.schemas import ExportFormat
from fondasi.files.exchange.writing import MEDIA_TYPES, Export
from fondasi.files.made import Making, TooLargeError
from fondasi.identity import User
from fondasi.kit import clock
from fondasi.kit.audit import Origin, record, set_source
from fondasi.kit.datasets import Asked, Dataset, KnownDatasets
from fondasi.kit.http.spreadsheets import csv_of
from fondasi.kit.i18n import prefer
from fondasi.kit.jobs import JobContext, JobFailed, job
from fondasi.platform import Platform
from fondasi.tenancy import TenantPermissions, still_holds_in_tenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.kit.db import Session

ROOM = "files"
EXPORTS, IMPORTS = "files.export", "files.import"
REPORT = "bad-lines.csv"
RUNS = Counter("fondasi_files_runs_total", "Exports and imports that ended.", ["dataset", "outcome"])
RUN_ROWS = Counter("fondasi_files_run_rows_total", "Rows of those.", ["dataset", "outcome"])


@job(name=EXPORTS, retries=2, timeout=3600)
async def export_rows(  # noqa: PLR0917 - what an export is about
    context: JobContext[Platform],
    dataset: str,
    user_id: UUID,
    tenant_id: UUID | None,
    form: ExportFormat,
    filters: dict[str, Any],
) -> dict[str, Any]:
    """Write the rows of a dataset into a file of whoever asked."""
    session, platform = context.session, context.platform
    declared = _declared(platform, dataset)
    await session.act_for(tenant=tenant_id)
    await _check_right(session, platform, declared.may_export, user_id, tenant_id)
    wanted = declared.filters.model_validate(filters) if declared.filters else None
    export = Export(declared, Asked(user_id, tenant_id, wanted), form)
    making = _making(platform, user_id, tenant_id, f"{dataset}.{form.value}", MEDIA_TYPES[form])
    try:
        file = await made.make(session, platform, making, export.pieces(session, context.progress))
    except TooLargeError:
        raise JobFailed("The export is larger than EXPORT_LIMIT: ask for fewer rows.") from None
    about = {"dataset": dataset, "rows": export.rows, "format": form.value}
    await record(session, "files.export", ROOM, "Exported rows.", user_id=user_id, metadata=about)
    _count(dataset, "exported", export.rows)
    await context.progress(export.rows, export.rows)
    return {"file_id": file.id, "rows": export.rows}


@job(name=IMPORTS, retries=2, timeout=3600)
async def import_rows(  # noqa: PLR0917 - what an import is about
    context: JobContext[Platform],
    dataset: str,
    user_id: UUID,
    tenant_id: UUID | None,
    file_id: UUID,
    dry_run: bool,
) -> dict[str, Any]:
    """Bring the lines of a file into a dataset: all of them, or none."""
    session, platform = context.session, context.platform
    declared = _declared(platform, dataset)
    await session.act_for(tenant=tenant_id)
    await _check_right(session, platform, declared.may_import, user_id, tenant_id)
    user = await session.get_one(User, user_id)
    file = await repository.get_file(session, file_id, tenant_id=tenant_id, owner_id=user_id)
    if file is None or not await repository.hold(session, file_id):
        raise JobFailed("The file was deleted before it was read.")
    prefer(user.language)
    run = Import(declared, user_id, tenant_id, platform.settings.file.import_lines)
    set_source(_By(user_id, tenant_id))
    try:
        await run.run(context, file, dry_run=dry_run)
    finally:
        set_source(None)
    outcome = "refused" if run.faults else "looked_at" if dry_run else "imported"
    result: dict[str, Any] = {
        "rows": run.rows,
        "created": run.created,
        "updated": run.updated,
        "bad": run.bad,
    }
    if run.faults:
        making = _making(platform, user_id, tenant_id, REPORT, CSV_TYPE)
        result["file_id"] = (await made.make(session, platform, making, _report(run))).id
    about = {"dataset": dataset, "file_id": file_id, "outcome": outcome, **result}
    await record(session, "files.import", ROOM, "Imported rows.", user_id=user_id, metadata=about)
    _count(dataset, outcome, run.rows)
    return result


class _By:
    """Whom the audit trail names for what an import writes."""

    method = "JOB"

    def __init__(self, user_id: UUID, tenant_id: UUID | None) -> None:
        self._origin = Origin(user_id=user_id, tenant_id=tenant_id, module=ROOM, operation=IMPORTS)

    def origin(self) -> Origin:
        """See `Source`."""
        return self._origin


async def _check_right(
    session: Session, platform: Platform, permission: str, user_id: UUID, tenant_id: UUID | None
) -> None:
    """Who lost the right since they asked writes nothing and gets nothing."""
    if tenant_id is None:
        held = await still_holds(session, platform.get(PermissionRegistry), user_id, permission)
    else:
        registry = platform.get(TenantPermissions)
        held = await still_holds_in_tenant(session, registry, tenant_id, user_id, permission)
    if not held:
        raise JobFailed(f"Who asked for this no longer holds the permission {permission}.")


def _declared(platform: Platform, name: str) -> Dataset[Any]:
    declared = platform.get(KnownDatasets).get(name)
    if declared is None:
        raise JobFailed(f"No module has the dataset {name} any more: is its module in MODULES?")
    return declared


def _making(platform: Platform, user_id: UUID, tenant_id: UUID | None, name: str, media_type: str) -> Making:
    settings = platform.settings.export
    return Making(
        owner_id=user_id,
        tenant_id=tenant_id,
        name=name,
        media_type=media_type,
        expires_at=clock.now() + timedelta(days=settings.days),
        limit=settings.limit,
    )


async def _report(run: Import) -> AsyncIterator[bytes]:
    faults = sorted(run.faults, key=lambda each: each.line)
    yield csv_of(
        ["line", "column", "value", "message"],
        ((each.line, each.column, each.value, each.message) for each in faults),
    )


def _count(dataset: str, outcome: str, rows: int) -> None:
    RUNS.labels(dataset, outcome).inc()
    RUN_ROWS.labels(dataset, outcome).inc(rows)
