"""What the routes of tiers and limits take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.http import Integer, worded

TIER_NAME = worded(
    r"^[a-z0-9][a-z0-9-]{0,49}$", "use up to 50 lower-case letters, digits and dashes; begin with no dash"
)
MAX_LIMIT = 1_000_000  # each request let through is remembered for a period
MAX_PERIOD = 30 * 86400
MAX_STORAGE = 2**50
Name = Annotated[
    str, Field(pattern=TIER_NAME, description="Lower-case letters, digits and dashes.", examples=["gold"])
]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def _up_to(most: int, description: str, example: int) -> Any:
    """Bounds of a whole number. Pydantic writes no bounds of an `Integer` into the schema of an optional field."""
    bounds: dict[str, Any] = {"minimum": 1, "maximum": most}
    return Field(ge=1, le=most, description=description, examples=[example], json_schema_extra=bounds)


Limit = Annotated[Integer, _up_to(MAX_LIMIT, "Requests let through in a period.", 100)]
Period = Annotated[Integer, _up_to(MAX_PERIOD, "Seconds; the period moves with the clock.", 60)]
StorageLimit = Annotated[
    Integer,
    _up_to(
        MAX_STORAGE,
        "Bytes that the files of one user may have together; null: what `FILE_QUOTA` says.",
        2_000_000_000,
    ),
]
RouteTemplate = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        description="As `/openapi.json` has it: `/api/v1/tasks/{task_id}`.",
        examples=["/api/v1/tasks/{task_id}"],
    ),
]
TierName = Annotated[str, Path(pattern=TIER_NAME, description="Name of the tier.")]


class TierCreate(BaseModel):
    """A new tier."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = Field("", max_length=500, examples=["For those who pay."])
    storage_limit: StorageLimit | None = None


class TierUpdate(BaseModel):
    """What may be changed of a tier."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: str | None = Field(None, max_length=500, examples=["For those who pay."])
    storage_limit: StorageLimit | None = None


class TierRead(BaseModel):
    """A tier."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: str
    storage_limit: int | None
    created_at: datetime
    updated_at: datetime


class RateLimitCreate(BaseModel):
    """A limit of a tier for one route."""

    model_config = ConfigDict(extra="forbid")

    method: Method | None = Field(
        None, description="Method of the route. Empty: the only one of the path, or GET."
    )
    path: RouteTemplate
    limit: Limit
    period: Period
    name: str = Field(
        "", max_length=100, description="For people. Empty: method and path.", examples=["Look at a job"]
    )


class RateLimitUpdate(BaseModel):
    """What may be changed of a limit."""

    model_config = ConfigDict(extra="forbid")

    method: Method | None = None
    path: RouteTemplate | None = None
    limit: Limit | None = None
    period: Period | None = None
    name: str | None = Field(None, max_length=100, examples=["Look at a job"])


class RateLimitRead(BaseModel):
    """A limit of a tier."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tier_id: UUID
    name: str
    method: str
    path: str
    limit: int
    period: int
    created_at: datetime
    updated_at: datetime


class UserTierUpdate(BaseModel):
    """Another tier for a user."""

    model_config = ConfigDict(extra="forbid")

    tier: Name | None = Field(description="Name or id of the tier; null for the default tier.")


class UserTier(BaseModel):
    """The tier of a user."""

    username: str
    tier: str = Field(description="The tier that counts.")
    is_default: bool = Field(description="The user has no tier of their own.")
    description: str


class DefaultLimit(BaseModel):
    """What holds on every route that the tier says nothing of."""

    limit: int
    period: int


class UserRateLimits(BaseModel):
    """All that holds for a user."""

    username: str
    tier: str
    default: DefaultLimit
    rate_limits: list[RateLimitRead]
