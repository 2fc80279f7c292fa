"""What the routes of the dashboard take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from fondasi.kit.http import AnyDay


class Overview(BaseModel):
    """The most important figures. Deleted accounts count only where they are named, and among the new ones."""

    total_users: int
    active_users: int
    suspended_users: int
    deleted_users: int
    verified_emails: int
    verified_phones: int
    new_users_today: int
    new_users_last_7_days: int = Field(description="Today included.")
    new_users_last_30_days: int = Field(description="Today included.")
    signed_in_today: int
    signed_in_last_30_days: int = Field(description="Today included.")
    open_sessions: int
    groups: int


class Share(BaseModel):
    """How many accounts have a value."""

    value: str | None = Field(description="Null: those that have none.")
    count: int


class Shares(BaseModel):
    """Accounts by a value; each value that there can be, also where the count is 0."""

    total_count: int
    data: list[Share]


class GrowthDay(BaseModel):
    """A day in the viewer's timezone."""

    day: date
    new_users: int
    deleted_users: int
    total_users: int = Field(description="At its end.")


class Growth(BaseModel):
    """How the number of accounts changed, every day of the range included."""

    timezone: str
    new_users: int
    deleted_users: int
    data: list[GrowthDay]


class GroupShare(BaseModel):
    """How many users are in a group."""

    group: str
    seeded: bool
    users: int


class Roles(BaseModel):
    """Users by group; a user may be in several."""

    total_count: int = Field(description="Groups.")
    data: list[GroupShare]


class SignIn(BaseModel):
    """A sign-in."""

    user_id: UUID
    username: str
    name: str
    signed_in_at: datetime
    device: str
    browser: str


class SignIns(BaseModel):
    """The last sign-ins, newest first, as far as their sessions are kept."""

    data: list[SignIn]


class DashboardStatistics(BaseModel):
    """Everything, of one moment."""

    timezone: str
    overview: Overview
    users_by_status: Shares
    users_by_type: Shares
    users_by_auth_type: Shares
    users_by_country: Shares
    users_by_language: Shares
    user_growth: Growth
    role_statistics: Roles
    recent_sign_ins: SignIns


class UsageDay(BaseModel):
    """What happened on a day in the viewer's timezone."""

    day: date
    sign_ins: int = Field(description="Sessions that were opened.")
    signed_in: int = Field(description="Different users who did that.")
    jobs_succeeded: int = Field(description="Jobs enqueued on that day that have succeeded.")
    jobs_failed: int = Field(description="Jobs enqueued on that day that have failed.")
    messages_sent: int = Field(
        description="Messages written on that day that went out, those in the outbox included."
    )
    messages_failed: int = Field(description="Messages written on that day that were given up.")


class Usage(BaseModel):
    """How the service is used, every day of the range included; of each day what is kept of it."""

    timezone: str
    data: list[UsageDay]


TimezoneParam = Annotated[
    str | None,
    Query(max_length=64, description="Where days begin, such as Asia/Jakarta; the caller's own if absent."),
]
FirstDay = Annotated[AnyDay | None, Query(alias="from", description="First day; 30 days in all if absent.")]
LastDay = Annotated[AnyDay | None, Query(alias="to", description="Last day; today if absent.")]
SignInLimit = Annotated[int, Query(ge=1, le=100, description="Most sign-ins.")]
