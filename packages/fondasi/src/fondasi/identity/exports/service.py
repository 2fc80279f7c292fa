"""The rules of archives: one for each user, for themselves alone, gone after some days."""

from __future__ import annotations

import zlib
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from fondasi.identity.exports import repository
from fondasi.identity.exports.archive import GZIP, ArchiveWriter, write_archive
from fondasi.identity.exports.errors import ArchiveTooLargeError, ExportNotReady, TooManyExports
from fondasi.identity.exports.models import DataExport, ExportStatus
from fondasi.identity.models import User
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t
from fondasi.kit.jobs import JobStatus
from fondasi.messages import Channel, Message, Messenger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.kit.db import Database, Session
    from fondasi.platform import Platform

    Enqueue = Callable[[Session, DataExport], Awaitable[UUID]]

ROOM = "settings"
JOB = "exports.build"
SAME_FOR = timedelta(minutes=10)  # who asks again gets the archive of a moment ago


async def request_export(
    session: Session, platform: Platform, caller: Principal, enqueue: Enqueue
) -> DataExport:
    """Have an archive built, in place of the one before; the one under way, or of a moment ago, if there is one.

    Raises:
        TooManyExports: the caller has asked for `EXPORT_PER_DAY` of them within a day.
        TooManyJobs: the caller has too many unfinished jobs.
    """
    await repository.lock_owner(session, caller.user_id)
    now = clock.now()
    last = await repository.export_of(session, caller.user_id)
    if last is not None:
        await _note_failure(session, last)
        recent = last.status == ExportStatus.READY and abs(now - last.created_at) < SAME_FOR
        if recent or last.status == ExportStatus.QUEUED:
            return last
    most = platform.settings.export.per_day
    if await repository.count_jobs(session, caller.user_id, JOB, within=timedelta(days=1)) >= most:
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
    return export


async def read_export(session: Session, caller: Principal, export_id: UUID) -> DataExport:
    """The caller's archive.

    Raises:
        NotFound: it is not there, not theirs, or expired.
    """
    export = await repository.export_of(session, caller.user_id)
    if export is None or export.id != export_id:
        raise NotFound(t("There is no such archive."))
    await _note_failure(session, export)
    return export


async def find_file(session: Session, caller: Principal, export_id: UUID) -> UUID:
    """The id of an archive that can be fetched.

    Raises:
        NotFound: it is not there, not the caller's, or expired.
        ExportNotReady: it is not built yet.
    """
    export = await read_export(session, caller, export_id)
    if export.status != ExportStatus.READY:
        raise ExportNotReady
    return export.id


async def content(database: Database, export_id: UUID, *, compressed: bool) -> AsyncIterator[bytes]:
    """The bytes of an archive, in pieces.

    Args:
        database: where they are.
        export_id: which.
        compressed: as gzip, as they are kept; otherwise the JSON in it.
    """
    reader = zlib.decompressobj(wbits=GZIP)
    for number in count():
        part = await repository.read_part(database, export_id, number)
        if part is None:
            return
        yield part if compressed else reader.decompress(part)


async def build(session: Session, platform: Platform, export_id: UUID) -> str:
    """Build an archive and tell its owner; how it ended."""
    export = await repository.get_export(session, export_id)
    if export is None or export.status != ExportStatus.QUEUED:
        return "nothing to do"
    archive = ArchiveWriter(session, export.id, platform.settings.export.limit)
    export.finished_at = clock.now()
    await session.act_for(user=export.user_id)  # sees their memberships in all tenants
    try:
        async with session.begin_nested():
            export.rows = await write_archive(session, archive, platform.personal_data, export.user_id)
    except ArchiveTooLargeError:
        export.status = ExportStatus.FAILED
        return "larger than EXPORT_LIMIT"
    export.status, export.size = ExportStatus.READY, archive.size
    await _tell_owner(session, platform.get(Messenger), export)
    return "ready"


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
