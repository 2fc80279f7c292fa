"""Queries for exports and imports: they are jobs, which say where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from fondasi.kit.jobs import JobRecord

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session


async def get_run(session: Session, job_id: UUID, name: str, user_id: UUID) -> JobRecord | None:
    """A job of a user."""
    query = select(JobRecord).where(
        JobRecord.id == job_id, JobRecord.name == name, JobRecord.enqueued_by == user_id
    )
    return (await session.scalars(query)).first()
