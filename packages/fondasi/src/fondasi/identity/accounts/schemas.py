"""What the routes of accounts take and give."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class UserRead(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    name: str
    email: str | None
    status: str
    is_superuser: bool
    language: str
    last_sign_in_at: datetime | None
    created_at: datetime
    updated_at: datetime
