"""What the routes of API keys take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from fondasi.kit.http import Integer, Moment

Name = Annotated[
    str, Field(min_length=1, max_length=100, description="For its owner to know it by.", examples=["CI"])
]
Code = Annotated[str, Field(max_length=200, examples=["tasks.create"])]
Scope = Annotated[
    list[Code],
    Field(min_length=1, max_length=200, description="Codes of permissions that you hold; nothing beyond."),
]


class ApiKeyCreate(BaseModel):
    """A new key. Without an end it lives `API_KEY_DAYS`."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    permissions: Scope
    expires_at: Moment | None = Field(
        None, description="Last moment, instead of `expires_in_days`.", examples=[None]
    )
    expires_in_days: Integer | None = Field(None, ge=1, le=3650, examples=[90])

    @model_validator(mode="after")
    def _one_end(self) -> ApiKeyCreate:
        if self.expires_at is not None and self.expires_in_days is not None:
            raise PydanticCustomError("two_ends", "send one of expires_at and expires_in_days")
        return self


class ApiKeyUpdate(BaseModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    permissions: Scope | None = None


class ApiKeyRead(BaseModel):
    """A key, without its secret."""

    id: UUID
    name: str
    prefix: str = Field(description="How the key begins.", examples=["fnd_01K9Qp3vX2mB7cD4eF5gH6"])
    permissions: list[str] = Field(description="Its scope.")
    effective: list[str] = Field(description="What it may do now: what its owner holds of the scope.")
    created_at: datetime
    expires_at: datetime
    expired: bool
    last_used_at: datetime | None = Field(description="To the minute.")
    last_used_address: str | None


class ApiKeyCreated(ApiKeyRead):
    """A key, with its secret."""

    key: str = Field(
        description="Shown this once: keep it where secrets are kept. "
        "Send it as `Authorization: Bearer ...` or `X-API-Key: ...`."
    )
