"""What the routes take and give."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class PostWrite(BaseModel):
    """A post as its author writes it."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=2, max_length=200, examples=["Hello"])
    text: str = Field(min_length=1, max_length=50_000, examples=["My first post."])


class PostRead(BaseModel):
    """A post as everybody sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    author_id: UUID
    title: str
    text: str
    word_count: int | None = Field(description="Counted in the background; null until then.")
    created_at: datetime
    version: int
