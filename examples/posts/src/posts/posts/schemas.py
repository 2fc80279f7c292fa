"""What the routes take and give."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class PostWrite(BaseModel):
    """A post as it is written."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=2, max_length=200, description="Its title.", examples=["Hello"])
    text: str = Field(min_length=1, max_length=20_000, description="Its text.", examples=["My first post."])
    picture_id: UUID | None = Field(None, description="Id of its picture, a file.")


class PostRead(BaseModel):
    """A post as it is read."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Its id.")
    owner_id: UUID = Field(description="Id of the user whose it is.")
    title: str = Field(description="Its title.")
    text: str = Field(description="Its text.")
    picture_id: UUID | None = Field(description="Id of its picture, a file.")
    word_count: int | None = Field(description="Counted in the background; null until then.")
    created_at: datetime = Field(description="When it was made (UTC).")
    updated_at: datetime = Field(description="When it was last changed (UTC).")
    version: int = Field(description="Counts its changes, for `If-Match`.")
