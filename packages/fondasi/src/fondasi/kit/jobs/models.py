"""The queue is one table: what waits, what runs, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base, Entity

ACTIVE = text("dedupe_key IS NOT NULL AND status IN ('queued', 'running')")
QUEUED = text("status = 'queued'")
RUNNING = text("status = 'running'")
UNFINISHED = text("enqueued_by IS NOT NULL AND status IN ('queued', 'running')")


class JobStatus(StrEnum):
    """Where a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobRecord(Entity):
    """A job that was enqueued.

    Attributes:
        attempt: tries begun, counting from 1; a try that lost its worker is not counted.
        abandoned: times that a worker, or its database connection, died in the middle, and it may have been the cause.
        turn: its place among those of its priority: later by a minute for each job that its caller had unfinished.
        error: type and message of the last exception; never a traceback.
        dedupe_key: at most one queued or running job of a name has it.
        claim_id: names the present try. Whoever holds an older one can no longer write.
        heartbeat_at: when the worker last said that it is alive.
        traceparent: the span that enqueued it (W3C Trace Context), where traces are made.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"),
        Index("uq_job_dedupe_key", "name", "dedupe_key", unique=True, postgresql_where=ACTIVE),
        Index(
            "ix_job_turn",
            "name",
            text("priority DESC"),
            "turn",
            "id",
            "scheduled_for",
            postgresql_where=QUEUED,
        ),
        Index("ix_job_due", "name", "scheduled_for", postgresql_where=QUEUED),
        Index("ix_job_unfinished", "enqueued_by", postgresql_where=UNFINISHED),
        Index("ix_job_running", "worker_id", postgresql_where=RUNNING),
        Index("ix_job_created_at", "created_at"),
        Index("ix_job_enqueued_by_created_at", "enqueued_by", "created_at"),
    )

    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default=JobStatus.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    abandoned: Mapped[int] = mapped_column(default=0)
    progress_done: Mapped[int | None] = mapped_column(BigInteger)
    progress_total: Mapped[int | None] = mapped_column(BigInteger)
    progress_message: Mapped[str | None]
    result: Mapped[Any | None] = mapped_column(JSONB)
    error: Mapped[str | None]
    enqueued_by: Mapped[UUID | None]
    dedupe_key: Mapped[str | None]
    worker_id: Mapped[UUID | None]
    claim_id: Mapped[UUID | None]
    heartbeat_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    scheduled_for: Mapped[datetime]
    turn: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    traceparent: Mapped[str | None]


class JobSchedule(Base):
    """The last tick of each cron job that was enqueued: what makes every tick happen once."""

    __tablename__ = "job_schedule"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_tick: Mapped[datetime]
