"""What the routes of messages give."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.messages.models import Channel, MessageStatus


class MessageRead(BaseModel):
    """That a message was sent, to whom and how; never what it says."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    channel: Channel = Field(description="How it travels.")
    recipient: str = Field(
        description="An e-mail address or a telephone number; empty where nobody was meant."
    )
    template: str = Field(description="The kind of message.")
    language: str = Field(description="Language of the recipient.")
    status: MessageStatus = Field(
        description="`queued`, `sent`, `failed` (given up), `expired` (too late), or `outbox` (kept in `local`)."
    )
    expires_at: datetime | None = Field(description="When it is no use any more (UTC); null: never.")
    sent_at: datetime | None = Field(description="When it was handed over (UTC).")
    created_at: datetime
