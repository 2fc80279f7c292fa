"""The table of archives: everything that is kept about a user, in a file for themselves."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity


class ExportStatus(StrEnum):
    """Where an archive stands."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class DataExport(Entity):
    """An archive that a user asked for; they have one at most.

    Attributes:
        job_id: of the job that builds it.
        file_id: the file, once it is ready.
        size: bytes.
        rows: how many rows of all tables are in it.
    """

    __tablename__ = "data_export"
    __table_args__ = (CheckConstraint("status IN ('queued', 'ready', 'failed')", name="status"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    job_id: Mapped[UUID | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(default=ExportStatus.QUEUED)
    size: Mapped[int | None] = mapped_column(BigInteger)
    rows: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
