"""What the routes of archives give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.files.archives.models import ExportStatus


class ExportRead(BaseModel):
    """An archive of everything that is kept about the caller."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: ExportStatus
    size: int | None = Field(description="Bytes.")
    rows: int | None = Field(description="Rows of all tables.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime = Field(description="It is gone then.")
    url: str | None = Field(
        None,
        description="Path of a link to the archive, once it is ready. It ends after `FILE_LINK_MINUTES`.",
    )
