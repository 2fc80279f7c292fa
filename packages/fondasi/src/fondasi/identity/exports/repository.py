"""Queries for archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from fondasi.identity.exports.models import DataExport, DataExportPart
from fondasi.identity.models import User
from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from fondasi.kit.db import Database, Session


async def lock_owner(session: Session, user_id: UUID) -> None:
    """Let requests of a user for archives take turns until the unit of work ends."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update())


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


async def count_jobs(session: Session, user_id: UUID, name: str, *, within: timedelta) -> int:
    """How many jobs of a name a user has started lately, whatever became of them."""
    query = select(func.count()).where(
        JobRecord.enqueued_by == user_id,
        JobRecord.created_at > func.now() - within,
        JobRecord.name == name,
    )
    return await session.scalar(query) or 0


async def delete_export_of(session: Session, user_id: UUID) -> None:
    """Remove the archive of a user."""
    await session.execute(delete(DataExport).where(DataExport.user_id == user_id))


async def delete_expired(session: Session, *, limit: int) -> int:
    """Remove expired archives with their bytes, at most `limit`; how many."""
    some = select(DataExport.id).where(DataExport.expires_at <= clock.now()).limit(limit)
    gone = await session.scalars(
        delete(DataExport).where(DataExport.id.in_(some.scalar_subquery())).returning(DataExport.id)
    )
    return len(gone.all())


async def write_part(session: Session, export_id: UUID, number: int, content: bytes) -> None:
    """Keep a piece of an archive. An object store would take the bytes here."""
    session.add(part := DataExportPart(export_id=export_id, number=number, content=content))
    await session.flush()
    session.expunge(part)  # its bytes are not held until the end


async def read_part(database: Database, export_id: UUID, number: int) -> bytes | None:
    """A piece of an archive; no connection is held while it is sent."""
    query = select(DataExportPart.content).where(
        DataExportPart.export_id == export_id, DataExportPart.number == number
    )
    async with database.read_session() as session:
        return await session.scalar(query)
