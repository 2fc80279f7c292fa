"""What the routes of webhooks take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.http import Flag, Integer, Translated, without_defaults
from fondasi.kit.outgoing import LONGEST_URL
from fondasi.webhooks.models import DeliveryStatus, DisabledBecause

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_URL,
        description="Where the events go: a public https address.",
        examples=["https://example.com/hooks"],
    ),
]
Description = Annotated[str, Field(max_length=200, description="For people.", examples=["The warehouse"])]
EventName = Annotated[str, Field(max_length=100)]
EventNames = Annotated[
    list[EventName],
    Field(
        min_length=1,
        max_length=100,
        description="Names of the events that are sent; `*` is all, also those to come.",
        examples=[["*"]],
    ),
]


class EventRead(BaseModel):
    """An event that can be sent."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["user.created"])
    description: Translated
    data: dict[str, Any] = Field(description="JSON schema of the member `data` of what is sent.")


class EventList(BaseModel):
    """All events that can be sent."""

    events: list[EventRead]


class WebhookCreate(BaseModel):
    """A new webhook."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    description: Description = ""
    events: EventNames


class WebhookUpdate(BaseModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=without_defaults)

    url: Url | None = None
    description: Description | None = None
    events: EventNames | None = None
    enabled: Flag | None = Field(None, description="Whether events are sent.", examples=[True])


class SecretRotation(BaseModel):
    """How a secret is replaced."""

    model_config = ConfigDict(extra="forbid")

    grace_hours: Integer | None = Field(
        None,
        ge=0,
        le=720,
        description="Hours that the present secret still signs beside the new one; `WEBHOOK_GRACE_HOURS` if left out. "
        "0 for one that is known to others.",
        examples=[None],
    )


class WebhookRead(BaseModel):
    """A webhook, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_because: DisabledBecause | None = Field(description="Null while it is enabled.")
    failing_since: datetime | None = Field(description="Nothing was delivered since; null if all is well.")
    full_since: datetime | None = Field(
        description="So much waits for it that events are left out since; null if all is well."
    )
    last_success_at: datetime | None
    last_failure_at: datetime | None
    previous_until: datetime | None = Field(description="Until when the secret before signs too.")
    created_by: UUID | None = Field(description="Id of the user who made it; null when they left.")
    created_at: datetime


class WebhookCreated(WebhookRead):
    """A webhook, with its secret."""

    secret: str = Field(description="What signs. Shown this once: keep it where secrets are kept.")


class Try(BaseModel):
    """A request to the receiver."""

    at: datetime
    status_code: int | None = Field(description="Of the answer; null if there was none.")
    duration_ms: int
    error: str | None = Field(description="Why there was no answer.", examples=["did not answer in time"])


class DeliveryRead(BaseModel):
    """A delivery."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    message_id: str = Field(description="The header `webhook-id` of each try.")
    event: str
    status: DeliveryStatus
    attempts: int = Field(description="Tries since it was made, or sent again by hand.")
    due_at: datetime | None = Field(description="When it is tried next.")
    last_try: Try | None
    created_at: datetime


class DeliveryDetails(DeliveryRead):
    """A delivery, with what was sent and what came back."""

    body: str = Field(description="What was sent, to the byte.")
    tries: list[Try] = Field(description="The last ones, oldest first.")
    answer: str | None = Field(description="The first characters of the last answer.")
