"""Routes of the dashboard: one statement each."""

from typing import Annotated, Any

from fastapi import Depends

from fondasi.access import Principal, require
from fondasi.dashboard import service
from fondasi.dashboard.permissions import VIEW
from fondasi.dashboard.repository import View
from fondasi.dashboard.schemas import (
    DashboardStatistics,
    FirstDay,
    Growth,
    LastDay,
    Overview,
    Roles,
    Shares,
    SignInLimit,
    SignIns,
    TimezoneParam,
    Usage,
)
from fondasi.dependencies import ReadSession
from fondasi.kit.http import Router

router = Router(prefix="/dashboard", tags=["dashboard"])
Caller = Annotated[Principal, require(VIEW)]


async def _view(caller: Caller, timezone: TimezoneParam = None) -> View:
    return service.view_of(caller, timezone)


Viewed = Annotated[View, Depends(_view)]


@router.get("/overview", operation_id="read_dashboard_overview", response_model=Overview)
async def read_dashboard_overview(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """The most important figures."""
    return await service.statistic(session, "overview", view)


@router.get("/users-by-status", operation_id="read_users_by_status", response_model=Shares)
async def read_users_by_status(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Accounts by status, deleted ones included until they are removed for good."""
    return await service.statistic(session, "users_by_status", view)


@router.get("/users-by-type", operation_id="read_users_by_type", response_model=Shares)
async def read_users_by_type(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Accounts by type of user."""
    return await service.statistic(session, "users_by_type", view)


@router.get("/users-by-auth-type", operation_id="read_users_by_auth_type", response_model=Shares)
async def read_users_by_auth_type(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Accounts by the way in which they were made."""
    return await service.statistic(session, "users_by_auth_type", view)


@router.get("/users-by-country", operation_id="read_users_by_country", response_model=Shares)
async def read_users_by_country(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Accounts by country, the most frequent first."""
    return await service.statistic(session, "users_by_country", view)


@router.get("/users-by-language", operation_id="read_users_by_language", response_model=Shares)
async def read_users_by_language(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Accounts by language of messages."""
    return await service.statistic(session, "users_by_language", view)


@router.get("/user-growth", operation_id="read_user_growth", response_model=Growth)
async def read_user_growth(
    caller: Caller,
    session: ReadSession,
    timezone: TimezoneParam = None,
    first: FirstDay = None,
    last: LastDay = None,
) -> dict[str, Any]:
    """New and deleted accounts a day, at most 366 days."""
    view = service.view_of(caller, timezone, first=first, last=last)
    return await service.statistic(session, "user_growth", view)


@router.get("/usage", operation_id="read_usage", response_model=Usage)
async def read_usage(
    caller: Caller,
    session: ReadSession,
    timezone: TimezoneParam = None,
    first: FirstDay = None,
    last: LastDay = None,
) -> dict[str, Any]:
    """Sign-ins, jobs and messages a day, at most 366 days."""
    return await service.usage(session, service.view_of(caller, timezone, first=first, last=last))


@router.get("/role-statistics", operation_id="read_role_statistics", response_model=Roles)
async def read_role_statistics(view: Viewed, session: ReadSession) -> dict[str, Any]:
    """Users by group."""
    return await service.statistic(session, "role_statistics", view)


@router.get("/recent-sign-ins", operation_id="list_recent_sign_ins", response_model=SignIns)
async def list_recent_sign_ins(
    caller: Caller, session: ReadSession, limit: SignInLimit = service.DEFAULT_SIGN_INS
) -> dict[str, Any]:
    """Who signed in last."""
    view = service.view_of(caller, None, limit=limit)
    return await service.statistic(session, "recent_sign_ins", view)


@router.get("/all-statistics", operation_id="read_all_statistics", response_model=DashboardStatistics)
async def read_all_statistics(
    caller: Caller,
    session: ReadSession,
    *,
    timezone: TimezoneParam = None,
    first: FirstDay = None,
    last: LastDay = None,
    limit: SignInLimit = service.DEFAULT_SIGN_INS,
) -> dict[str, Any]:
    """All of the above, of one moment."""
    return await service.everything(
        session, service.view_of(caller, timezone, first=first, last=last, limit=limit)
    )
