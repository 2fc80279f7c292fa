"""The rules of exports and imports: who may start which, how many, and who sees what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from fondasi.access import check_proof, lacks
from fondasi.files import made
from fondasi.files import repository as files
from fondasi.files.errors import FileNotThere
from fondasi.files.exchange import repository
from fondasi.files.exchange.errors import DatasetNotThere, RunNotThere, TooManyRuns
from fondasi.files.exchange.importing import IMPORTABLE
from fondasi.files.exchange.jobs import EXPORTS, IMPORTS, ROOM, export_rows, import_rows
from fondasi.files.exchange.schemas import ExportRun, ImportRun
from fondasi.kit.audit import record
from fondasi.kit.datasets import KnownDatasets
from fondasi.kit.http import InvalidInput
from fondasi.kit.http.handlers import invalid_input
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from fondasi.access import Principal
    from fondasi.files.exchange.schemas import ExportCreate, ImportCreate
    from fondasi.kit.datasets import Dataset
    from fondasi.kit.db import Session
    from fondasi.kit.jobs import JobRecord
    from fondasi.platform import Platform

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who exports and imports, and where.

    Attributes:
        caller: who they are.
        tenant_id: inside which tenant; None: on the platform.
        may: whether they hold a permission there.
    """

    caller: Principal
    tenant_id: UUID | None
    may: Callable[[str], bool]


async def start_export(session: Session, platform: Platform, desk: Desk, wanted: ExportCreate) -> ExportRun:
    """Have rows of a dataset written into a file, which the caller alone can fetch.

    Raises:
        DatasetNotThere: there is none of that name here, or it is not for exports.
        Forbidden: the caller lacks its permission.
        StepUpRequired: the caller proved too long ago who they are.
        InvalidInput: the filters are not those of the dataset.
        TooManyRuns: the caller has started as many as one may in a day.
        TooManyJobs: the caller has too many unfinished jobs.
    """
    dataset = _dataset(platform, desk, wanted.dataset)
    if dataset.rows is None:
        raise DatasetNotThere
    _require(desk, dataset.may_export)
    if dataset.step_up:
        check_proof(desk.caller, platform.settings.step_up_minutes)
    filters = _filters(dataset, wanted.filters)
    await _take_turn(session, platform, desk)
    job_id = await export_rows.enqueue(
        session,
        enqueued_by=desk.caller.user_id,
        dataset=dataset.name,
        user_id=desk.caller.user_id,
        tenant_id=desk.tenant_id,
        form=wanted.format,
        filters=filters,
    )
    about = {"dataset": dataset.name, "format": wanted.format.value, "filters": filters}
    await record(session, "files.export.start", ROOM, "Asked for an export of rows.", metadata=about)
    return await read_export(session, platform, desk, job_id)


async def read_export(session: Session, platform: Platform, desk: Desk, export_id: UUID) -> ExportRun:
    """Where an export of the caller stands, and a link to the file.

    Raises:
        RunNotThere: they started none with that id here.
        Forbidden: they lack the permission by now.
    """
    run, dataset = await _run(session, platform, desk, export_id, EXPORTS)
    _require(desk, dataset.may_export)
    return ExportRun(**_shown(run), url=await _link(session, platform, desk, run))


async def start_import(session: Session, platform: Platform, desk: Desk, wanted: ImportCreate) -> ImportRun:
    """Have the lines of a file that the caller uploaded brought into a dataset.

    Raises:
        DatasetNotThere: there is none of that name here, or it is not for imports.
        Forbidden: the caller lacks its permission.
        FileNotThere: the caller uploaded no such file here.
        InvalidInput: it is neither CSV nor JSON Lines.
        TooManyRuns: the caller has started as many as one may in a day.
        TooManyJobs: the caller has too many unfinished jobs.
    """
    dataset = _dataset(platform, desk, wanted.dataset)
    if dataset.write is None:
        raise DatasetNotThere
    _require(desk, dataset.may_import)
    file = await files.get_file(
        session, wanted.file_id, tenant_id=desk.tenant_id, owner_id=desk.caller.user_id
    )
    if file is None:
        raise FileNotThere
    if file.media_type not in IMPORTABLE:
        raise InvalidInput.of("body.file_id", t("must be a file whose name ends in .csv or .jsonl"), "type")
    await _take_turn(session, platform, desk)
    job_id = await import_rows.enqueue(
        session,
        enqueued_by=desk.caller.user_id,
        dataset=dataset.name,
        user_id=desk.caller.user_id,
        tenant_id=desk.tenant_id,
        file_id=file.id,
        dry_run=wanted.dry_run,
    )
    about = {"dataset": dataset.name, "file_id": file.id, "dry_run": wanted.dry_run}
    await record(session, "files.import.start", ROOM, "Asked for an import of rows.", metadata=about)
    return await read_import(session, platform, desk, job_id)


async def read_import(session: Session, platform: Platform, desk: Desk, import_id: UUID) -> ImportRun:
    """Where an import of the caller stands, and a link to the list of its bad lines.

    Raises:
        RunNotThere: they started none with that id here.
        Forbidden: they lack the permission by now.
    """
    run, dataset = await _run(session, platform, desk, import_id, IMPORTS)
    _require(desk, dataset.may_import)
    counts = {name: (run.result or {}).get(name) for name in ("created", "updated", "bad")}
    url = await _link(session, platform, desk, run)
    return ImportRun(**_shown(run), **counts, dry_run=run.arguments["dry_run"], report_url=url)


def _dataset(platform: Platform, desk: Desk, name: str) -> Dataset[Any]:
    dataset = platform.get(KnownDatasets).get(name)
    if dataset is None or dataset.in_tenant != (desk.tenant_id is not None):
        raise DatasetNotThere
    return dataset


def _require(desk: Desk, permission: str) -> None:
    if not desk.may(permission):
        raise lacks(permission)


def _filters(dataset: Dataset[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The filters as they are kept, once they are valid."""
    try:
        return (dataset.filters or _NoFilters).model_validate(values).model_dump(mode="json")
    except ValidationError as error:
        raise invalid_input(
            [{**each, "loc": ("body", "filters", *each["loc"])} for each in error.errors()]
        ) from None


class _NoFilters(BaseModel, extra="forbid"):
    pass


async def _take_turn(session: Session, platform: Platform, desk: Desk) -> None:
    await files.lock_owner(session, desk.caller.user_id)
    if await files.count_jobs(session, desk.caller.user_id, [EXPORTS, IMPORTS], within=DAY) >= (
        platform.settings.file.runs_per_day
    ):
        raise TooManyRuns


async def _run(
    session: Session, platform: Platform, desk: Desk, run_id: UUID, name: str
) -> tuple[JobRecord, Dataset[Any]]:
    run = await repository.get_run(session, run_id, name, desk.caller.user_id)
    here = str(desk.tenant_id) if desk.tenant_id is not None else None
    if run is None or run.arguments["tenant_id"] != here:
        raise RunNotThere
    return run, _dataset(platform, desk, run.arguments["dataset"])


def _shown(run: JobRecord) -> dict[str, Any]:
    names = ("id", "status", "progress_done", "progress_total", "error", "created_at", "finished_at")
    shown = {name: getattr(run, name) for name in names}
    return {**shown, "dataset": run.arguments["dataset"], "rows": (run.result or {}).get("rows")}


async def _link(session: Session, platform: Platform, desk: Desk, run: JobRecord) -> str | None:
    file_id = (run.result or {}).get("file_id")
    if file_id is None:
        return None
    file = await made.read_made(
        session, UUID(file_id), owner_id=desk.caller.user_id, tenant_id=desk.tenant_id
    )
    return made.link_to(platform, file) if file is not None else None
