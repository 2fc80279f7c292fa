"""Indonesian dates: "3 Maret 2014", "03-03-2014", "2014-03-03", with the spellings that decisions use."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["find_date", "find_day", "parse_date"]

_MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "pebruari": 2, "feb": 2, "peb": 2, "maret": 3, "mar": 3, "april": 4,
    "apr": 4, "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8, "agust": 8, "agt": 8, "ags": 8,
    "agu": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nopember": 11,
    "nov": 11, "nop": 11, "desember": 12, "des": 12,
}  # fmt: skip
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s.\-/]{{0,3}}(?P<month>{_NAMES})(?:\s{{1,2}}tahun)?[\s.,\-/]{{0,3}}(?P<year>\d{{4}})(?!\d)"
    r"|(?<!\d)(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<digits>\d{1,2}[\-/.]\d{1,2}[\-/.]\d{4})(?!\d)",
    re.IGNORECASE,
)


def find_date(text: str, start: int = 0, end: int | None = None) -> date | None:
    """The first valid date in `text[start:end]`; an impossible date ("31 Februari") is passed over."""
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        found = _read(match)
        if found is not None:
            return found
    return None


_DAY = re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})[\s.\-/]{{0,3}}(?P<month>{_NAMES})\b", re.IGNORECASE)


def find_day(text: str, start: int, end: int, *, year: int) -> date | None:
    """The first day and month in `text[start:end]`, of that year."""
    match = _DAY.search(text, start, end)
    if match is None:
        return None
    try:
        return date(year, _MONTHS[match["month"].lower()], int(match["day"]))
    except ValueError:
        return None


def parse_date(text: str) -> date | None:
    """The date that `text` consists of, or None (also for the dash and other marks of an empty field)."""
    match = _DATE.fullmatch(text.strip())
    return _read(match) if match else None


def _read(match: re.Match[str]) -> date | None:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    elif match["digits"]:
        day, month, year = (int(part) for part in re.split(r"[\-/.]", match["digits"]))
    else:
        day, month, year = int(match["day"]), _MONTHS[match["month"].lower()], int(match["year"])
    try:
        return date(year, month, day)
    except ValueError:
        return None
