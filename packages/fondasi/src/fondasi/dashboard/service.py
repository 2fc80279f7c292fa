"""Whose days they are, and how many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.dashboard import repository
from fondasi.identity import describe_agent
from fondasi.kit import clock
from fondasi.kit.http import check_timezone, range_of_days, today_in

if TYPE_CHECKING:
    from datetime import date

    from fondasi.access import Principal
    from fondasi.kit.db import Session

DEFAULT_SIGN_INS = 10
UTC = "UTC"


def view_of(
    caller: Principal,
    timezone: str | None,
    *,
    first: date | None = None,
    last: date | None = None,
    limit: int = DEFAULT_SIGN_INS,
) -> repository.View:
    """How the caller looks: in the timezone that they ask for or have set, at the last 30 days if they say no others.

    Raises:
        InvalidInput: no such timezone, or not a range of at most a year.
    """
    if timezone:
        check_timezone(timezone)
    zone = timezone or caller.account.get("timezone") or UTC
    if not clock.is_timezone(zone):
        zone = UTC  # their setting is of a time when there was such a zone
    today = today_in(zone)
    first, last = range_of_days(first, last, today)
    return repository.View(zone, today, first, last, limit)


async def statistic(session: Session, name: str, view: repository.View) -> dict[str, Any]:
    """One statistic by name (`repository.PARTS`)."""
    found = await repository.statistic(session, name, view)
    return _with_devices(found) if name == "recent_sign_ins" else found


async def everything(session: Session, view: repository.View) -> dict[str, Any]:
    """All statistics, of one moment."""
    found = await repository.everything(session, view)
    return {"timezone": view.zone, **found, "recent_sign_ins": _with_devices(found["recent_sign_ins"])}


async def usage(session: Session, view: repository.View) -> dict[str, Any]:
    """How the service was used on each day that the caller looks at."""
    return await repository.usage(session, view)


def _with_devices(found: dict[str, Any]) -> dict[str, Any]:
    return {"data": [{**item, **describe_agent(item.pop("user_agent"))._asdict()} for item in found["data"]]}
