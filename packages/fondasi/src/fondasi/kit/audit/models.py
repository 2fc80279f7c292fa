"""The trail: what happened, the chain that proves it, and where the chain was shortened."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from fondasi.kit.db import Base
from fondasi.kit.ids import new_id

PLATFORM_CHAIN = UUID(int=0)  # the chain of what belongs to no tenant
TIMESTAMP = DateTime(timezone=True)


class Level(StrEnum):
    """How much an entry matters. `audit` is for what must never be missing."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    AUDIT = "audit"


class ActivitySeal(Base):
    """A link of a chain. The database makes it when the transaction of the row commits; nobody else can.

    Attributes:
        chain: the tenant, or `PLATFORM_CHAIN`.
        position: from 1, without gaps.
        activity_id: the row that is sealed.
        created_at: that row's.
        content_hash: of that row; kept when the row was removed after its time.
    """

    __tablename__ = "activity_seal"
    __table_args__ = (
        Index("uq_activity_seal_activity_id", "activity_id", unique=True),
        {"comment": "read-only"},
    )

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    activity_id: Mapped[UUID]
    created_at: Mapped[datetime]
    content_hash: Mapped[bytes]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


class ActivityRecord(Base):
    """Something that happened. Written once: the app's role can neither change nor delete it, nor give it an old date.

    Attributes:
        user_id: who did it. Where nobody was signed in, the account that was tried or proved.
        subject_id: whose account it was done to, when somebody else did it.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("level IN ('debug', 'info', 'warning', 'error', 'audit')", name="level"),
        Index("ix_activity_user_id_created_at", "user_id", "created_at"),
        Index("ix_activity_action_created_at", "action", "created_at"),
        Index("ix_activity_request_id", "request_id"),
        Index(
            "ix_activity_tenant_id_created_at",
            "tenant_id",
            "created_at",
            postgresql_where=text("tenant_id IS NOT NULL"),
        ),
        Index(
            "ix_activity_subject_id_created_at",
            "subject_id",
            "created_at",
            postgresql_where=text("subject_id IS NOT NULL"),
        ),
        {"comment": "append-only", "postgresql_partition_by": "RANGE (created_at)"},
    )

    created_at: Mapped[datetime] = mapped_column(TIMESTAMP, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    level: Mapped[str]
    action: Mapped[str]
    module: Mapped[str]
    message: Mapped[str]
    endpoint: Mapped[str | None]
    method: Mapped[str | None]
    status_code: Mapped[int | None] = mapped_column(SmallInteger)
    duration_ms: Mapped[float | None]
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    request_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    content_hash: Mapped[bytes]
    subject_id: Mapped[UUID | None]

    seal: Mapped[ActivitySeal | None] = relationship(
        ActivitySeal,
        primaryjoin=lambda: foreign(ActivityRecord.id) == remote(ActivitySeal.activity_id),
        viewonly=True,
        uselist=False,
        lazy="raise",
    )


class ActivityCheckpoint(Base):
    """Where a chain was shortened: it goes on after `position` with `hash`.

    Attributes:
        removed_before: rows created before it may be missing.
        rows_removed: how many rows went, of all chains.
    """

    __tablename__ = "activity_checkpoint"
    __table_args__ = ({"comment": "read-only"},)

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    removed_before: Mapped[datetime] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    rows_removed: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ActivityRetention(Base):
    """How many months the trail keeps at least, as the owner of the database stated it (`fondasi migrate`)."""

    __tablename__ = "activity_retention"
    __table_args__ = (
        CheckConstraint("id = 1", name="id"),
        CheckConstraint("months >= 3", name="months"),
        {"comment": "read-only"},
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    months: Mapped[int]
