"""Time: always UTC, always timezone-aware; and the timezones of people."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import available_timezones

NO_PLACES = {"localtime", "posixrules", "Factory"}  # files of a system, which PostgreSQL does not know


def now() -> datetime:
    """The current moment in UTC."""
    return datetime.now(UTC)


def is_timezone(name: str) -> bool:
    """Whether that is the IANA name of a timezone, such as Asia/Jakarta."""
    return name in _timezones()


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones() - NO_PLACES)
