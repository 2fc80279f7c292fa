"""What the routes of archives give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.identity.exports.models import ExportStatus


class ExportRead(BaseModel):
    """An archive of everything that is kept about the caller."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: ExportStatus
    size: int | None = Field(description="Bytes, compressed.")
    rows: int | None = Field(description="Rows of all tables.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime = Field(description="It is gone then.")
