"""Tables: archives of everything that is kept about a user, and their bytes."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base, Entity


class ExportStatus(StrEnum):
    """Where an archive stands."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class DataExport(Entity):
    """An archive that a user asked for; they have one at most.

    Attributes:
        job_id: of the job that builds it.
        size: bytes, compressed.
        rows: how many rows of all tables are in it.
    """

    __tablename__ = "data_export"
    __table_args__ = (CheckConstraint("status IN ('queued', 'ready', 'failed')", name="status"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    job_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default=ExportStatus.QUEUED)
    size: Mapped[int | None] = mapped_column(BigInteger)
    rows: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DataExportPart(Base):
    """A piece of an archive, so that neither writing nor reading holds it whole."""

    __tablename__ = "data_export_part"

    export_id: Mapped[UUID] = mapped_column(
        ForeignKey("data_export.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
