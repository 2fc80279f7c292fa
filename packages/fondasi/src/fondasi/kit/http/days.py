"""Ranges of days in a timezone, as statistics take them from a query: `from`, `to` and `timezone`."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fondasi.kit import clock
from fondasi.kit.http.problems import InvalidInput

LONGEST_RANGE = 366
DEFAULT_RANGE = 30


def check_timezone(name: str) -> None:
    """Refuse what is no timezone.

    Raises:
        InvalidInput: naming the parameter.
    """
    if not clock.is_timezone(name):
        raise InvalidInput.of(
            "query.timezone", "not a timezone; send a name such as Asia/Jakarta", "timezone"
        )


def today_in(zone: str) -> date:
    """The day that it is now in a timezone."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


def range_of_days(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The first and the last day of a range; of the 30 days up to today when not said.

    Raises:
        InvalidInput: not a range of at most a year.
    """
    last = last or today
    try:
        first = first or last - timedelta(days=DEFAULT_RANGE - 1)
    except OverflowError:
        first = last
    if not 0 <= (last - first).days < LONGEST_RANGE:
        raise InvalidInput.of("query.from", "must be at most a year before `to`, and not after it", "range")
    return first, last
