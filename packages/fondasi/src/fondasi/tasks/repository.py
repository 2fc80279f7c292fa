"""Queries for jobs."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from fondasi.kit.db import Session
from fondasi.kit.jobs import JobRecord, JobSchedule, JobStatus

FINISHED = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)


async def get_job(session: Session, job_id: UUID) -> JobRecord | None:
    """A job."""
    return await session.get(JobRecord, job_id)


async def last_ticks(session: Session) -> dict[str, datetime]:
    """When each job that runs by cron was enqueued last, by name."""
    rows = await session.execute(select(JobSchedule.name, JobSchedule.last_tick))
    return {row.name: row.last_tick for row in rows}


async def delete_finished(session: Session, *, older_than: timedelta, limit: int) -> int:
    """Delete the oldest finished jobs, at most `limit`; how many there were."""
    old = (
        select(JobRecord.id)
        .where(JobRecord.status.in_(FINISHED), JobRecord.created_at < func.now() - older_than)
        .where(JobRecord.finished_at < func.now() - older_than)
        .order_by(JobRecord.created_at)
        .limit(limit)
    )
    rows = await session.scalars(
        delete(JobRecord).where(JobRecord.id.in_(old.scalar_subquery())).returning(JobRecord.id)
    )
    return len(rows.all())
