"""The rules of archives: one for each user, for themselves alone, gone after some days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.files import made
from fondasi.files.archives import repository
from fondasi.files.archives.archive import Archive
from fondasi.files.archives.errors import ExportNotReady, TooManyExports
from fondasi.files.archives.models import DataExport, ExportStatus
from fondasi.files.archives.schemas import ExportRead
from fondasi.files.made import Making, TooLargeError
from fondasi.files.repository import count_jobs, lock_owner
from fondasi.identity import User
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t
from fondasi.kit.jobs import JobStatus
from fondasi.messages import Channel, Message, Messenger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.files.repository import AnyFile
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

    Enqueue = Callable[[Session, DataExport], Awaitable[UUID]]

ROOM = "settings"
JOB = "exports.build"
NAME, MEDIA_TYPE = "my-data.json", "application/json"
SAME_FOR = timedelta(minutes=10)  # who asks again gets the archive of a moment ago


async def request_export(
    session: Session, platform: Platform, caller: Principal, enqueue: Enqueue
) -> ExportRead:
    """Have an archive built, in place of the one before; the one under way, or of a moment ago, if there is one.

    Raises:
        TooManyExports: the caller has asked for `EXPORT_PER_DAY` of them within a day.
        TooManyJobs: the caller has too many unfinished jobs.
    """
    await lock_owner(session, caller.user_id)
    now = clock.now()
    last = await repository.export_of(session, caller.user_id)
    if last is not None:
        await _note_failure(session, last)
        recent = last.status == ExportStatus.READY and abs(now - last.created_at) < SAME_FOR
        if recent or last.status == ExportStatus.QUEUED:
            return await _shown(session, platform, last)
    most = platform.settings.export.per_day
    if await count_jobs(session, caller.user_id, [JOB], within=timedelta(days=1)) >= most:
        raise TooManyExports(most)
    await repository.delete_export_of(session, caller.user_id)
    export = DataExport(
        user_id=caller.user_id, expires_at=now + timedelta(days=platform.settings.export.days)
    )
    session.add(export)
    await session.flush()
    export.job_id = await enqueue(session, export)
    await session.flush()
    await record(session, "exports.request", ROOM, "Asked for an archive of their own data.")
    return await _shown(session, platform, export)


async def read_export(session: Session, platform: Platform, caller: Principal, export_id: UUID) -> ExportRead:
    """The caller's archive.

    Raises:
        NotFound: it is not there, not theirs, or expired.
    """
    return await _shown(session, platform, await _found(session, caller, export_id))


async def find_file(session: Session, caller: Principal, export_id: UUID) -> AnyFile:
    """The file of an archive.

    Raises:
        NotFound: it is not there, not the caller's, or expired.
        ExportNotReady: it is not built yet.
    """
    file = await _file_of(session, await _found(session, caller, export_id))
    if file is None:
        raise ExportNotReady
    return file


async def build(session: Session, platform: Platform, export_id: UUID) -> str:
    """Build an archive and tell its owner; how it ended."""
    export = await repository.get_export(session, export_id)
    if export is None or export.status != ExportStatus.QUEUED:
        return "nothing to do"
    archive = Archive(platform.personal_data, export.user_id)
    export.finished_at = clock.now()
    await session.act_for(user=export.user_id)  # sees their memberships in all tenants
    wanted = Making(
        owner_id=export.user_id,
        name=NAME,
        media_type=MEDIA_TYPE,
        expires_at=export.expires_at,
        limit=platform.settings.export.limit,
    )
    try:
        file = await made.make(session, platform, wanted, archive.pieces(session))
    except TooLargeError:
        export.status = ExportStatus.FAILED
        return "larger than EXPORT_LIMIT"
    export.status, export.file_id = ExportStatus.READY, file.id
    export.size, export.rows = file.size, archive.rows
    await _tell_owner(session, platform.get(Messenger), export)
    return "ready"


async def _found(session: Session, caller: Principal, export_id: UUID) -> DataExport:
    export = await repository.export_of(session, caller.user_id)
    if export is None or export.id != export_id:
        raise NotFound(t("There is no such archive."))
    await _note_failure(session, export)
    return export


async def _file_of(session: Session, export: DataExport) -> AnyFile | None:
    if export.file_id is None:
        return None
    return await made.read_made(session, export.file_id, owner_id=export.user_id)


async def _shown(session: Session, platform: Platform, export: DataExport) -> ExportRead:
    file = await _file_of(session, export)
    url = made.link_to(platform, file) if file is not None else None
    return ExportRead.model_validate(export).model_copy(update={"url": url})


async def _note_failure(session: Session, export: DataExport) -> None:
    """A job that gave up, or was cancelled, could not write it down."""
    if export.status == ExportStatus.QUEUED:
        job = await repository.job_status(session, export.job_id)
        if job not in {JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.SUCCEEDED}:
            export.status = ExportStatus.FAILED


async def _tell_owner(session: Session, messenger: Messenger, export: DataExport) -> None:
    user = await session.get_one(User, export.user_id)
    if user.email is None or not messenger.can_send(Channel.EMAIL):
        return
    values = {"username": user.username, "expires": export.expires_at.strftime("%Y-%m-%d %H:%M UTC")}
    await messenger.send(
        session, Message(Channel.EMAIL, user.email, "export-ready", values, language=user.language)
    )
