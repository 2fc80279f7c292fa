"""Queries for archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from fondasi.files.archives.models import DataExport
from fondasi.files.models import File
from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session


async def export_of(session: Session, user_id: UUID) -> DataExport | None:
    """The archive of a user, unless it has expired."""
    query = select(DataExport).where(DataExport.user_id == user_id, DataExport.expires_at > clock.now())
    return (await session.scalars(query)).first()


async def get_export(session: Session, export_id: UUID) -> DataExport | None:
    """An archive."""
    return await session.get(DataExport, export_id)


async def job_status(session: Session, job_id: UUID | None) -> str | None:
    """Where the job that builds an archive stands; None when it is gone."""
    return await session.scalar(select(JobRecord.status).where(JobRecord.id == job_id))


async def delete_export_of(session: Session, user_id: UUID) -> None:
    """Remove the archive of a user, and its file."""
    gone = delete(DataExport).where(DataExport.user_id == user_id).returning(DataExport.file_id)
    await session.execute(delete(File).where(File.id.in_((await session.scalars(gone)).all())))


async def delete_expired(session: Session, *, limit: int) -> int:
    """Forget expired archives, at most `limit`; how many. Their files end by themselves."""
    some = select(DataExport.id).where(DataExport.expires_at <= clock.now()).limit(limit)
    gone = await session.scalars(
        delete(DataExport).where(DataExport.id.in_(some.scalar_subquery())).returning(DataExport.id)
    )
    return len(gone.all())
