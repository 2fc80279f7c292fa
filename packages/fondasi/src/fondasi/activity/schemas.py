"""What the routes of the trail take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.audit import Level
from fondasi.kit.http import Moment, worded

ClientLevel = Literal["debug", "info", "warning"]


class ActivityCreate(BaseModel):
    """An entry that a client writes. Its module is always `client`, so it is never taken for one of the service."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(
        min_length=1,
        max_length=100,
        pattern=worded(r"^[a-z0-9][a-z0-9._-]*$", "use a-z, 0-9, dots, dashes and underscores"),
        description="Such as `report.opened`.",
        examples=["report.opened"],
    )
    message: str = Field(min_length=1, max_length=1000, examples=["Opened the report of June."])
    level: ClientLevel = "info"
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="At most 8 KiB; secrets are removed.", examples=[{"report": "june"}]
    )


class ActivityCreated(BaseModel):
    """The entry was written."""

    id: UUID


class ActivityRead(BaseModel):
    """An entry of the trail."""

    id: UUID
    tenant_id: UUID | None
    user_id: UUID | None = Field(
        description="Who did it; where nobody was signed in, whose account was tried or proved."
    )
    username: str | None = Field(description="Their user name, where it may be told.")
    subject_id: UUID | None = Field(description="Whose account it was done to, when somebody else did it.")
    subject_username: str | None = Field(description="That account's user name.")
    level: Level
    action: str
    module: str
    message: str
    endpoint: str | None = Field(description="Template of the route.")
    method: str | None
    status_code: int | None
    duration_ms: float | None = Field(description="Until the entry was written.")
    ip_address: str | None
    user_agent: str | None
    device: str | None
    browser: str | None
    os: str | None
    request_id: str | None
    session_id: UUID | None
    metadata: dict[str, Any]
    error_details: dict[str, Any] | None
    created_at: datetime
    position: int | None = Field(description="In its chain, from 1.")
    previous_hash: str | None
    hash: str | None = Field(description="SHA-256, hexadecimal.")


class DayCount(BaseModel):
    """Entries of one day in the viewer's timezone."""

    day: date
    count: int


class ActivityStatistics(BaseModel):
    """Counts, every day of the range included."""

    timezone: str
    total: int
    users: int = Field(description="Different users.")
    days: list[DayCount]
    by_level: dict[str, int]
    by_module: dict[str, int]
    by_action: dict[str, int] = Field(description="The twenty most frequent.")


class ChainRead(BaseModel):
    """A chain of the trail, and where it ends."""

    tenant_id: UUID | None
    first_position: int = Field(
        description="Of the oldest entry that is kept; entries before it were removed."
    )
    last_position: int = Field(description="Of the newest entry; 0 for a chain without entries.")
    last_hash: str | None = Field(description="Keep it elsewhere: who cuts the end off cannot forge it.")
    last_entry_at: datetime | None = Field(description="When the newest entry was written (UTC).")
    removed_before: datetime | None = Field(
        description="Entries before this moment were removed after their time; null where none were."
    )


class FaultRead(BaseModel):
    """A place where the trail is not what was written."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["altered", "missing", "broken", "unsealed"]
    position: int | None
    activity_id: UUID
    created_at: datetime
    message: str


class VerificationRead(BaseModel):
    """What was checked of a chain."""

    model_config = ConfigDict(from_attributes=True)

    tenant_id: UUID | None
    valid: bool
    complete: bool = Field(
        description="False when the chain goes on after `last_position`: ask with `after`."
    )
    checked: int
    last_position: int
    last_hash: str = Field(description="Keep it elsewhere: who cuts the end off cannot forge it.")
    fault: FaultRead | None = Field(description="The first.")
    faults: list[FaultRead] = Field(description="At most 100.")
    fault_count: int = Field(description="How many there are in what was checked.")


FromFilter = Annotated[Moment | None, Query(alias="from", description="Not before this moment.")]
ToFilter = Annotated[Moment | None, Query(alias="to", description="Before this moment.")]
