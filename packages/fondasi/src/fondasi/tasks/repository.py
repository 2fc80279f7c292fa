"""Queries for jobs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from fondasi.kit.db import Session
from fondasi.kit.jobs import JobRecord, JobSchedule, JobStatus

FINISHED = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)


async def list_jobs(
    session: Session,
    *,
    enqueued_by: UUID | None,
    status: JobStatus | None,
    name: str | None,
    offset: int,
    limit: int,
    order: list[Any],
) -> tuple[Sequence[JobRecord], int]:
    """A page of jobs, and how many fit; those of one user unless `enqueued_by` is None."""
    conditions: list[ColumnElement[bool]] = []
    if enqueued_by is not None:
        conditions.append(JobRecord.enqueued_by == enqueued_by)
    if status is not None:
        conditions.append(JobRecord.status == status)
    if name is not None:
        conditions.append(JobRecord.name == name)
    query = select(JobRecord).where(*conditions).order_by(*order, JobRecord.id.desc())
    rows = await session.scalars(query.offset(offset).limit(limit))
    total = await session.scalar(select(func.count()).select_from(JobRecord).where(*conditions))
    return rows.all(), total or 0


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
