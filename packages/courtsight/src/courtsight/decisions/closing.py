"""The closing sentences of a decision: when it was decided and pronounced, and by whom.

"Demikianlah diputuskan ... pada hari Senin tanggal 2 Maret 2020 oleh kami ..., sebagai Hakim Ketua, ... masing-masing
sebagai Hakim Anggota, putusan mana pada hari itu juga diucapkan dalam persidangan yang terbuka untuk umum ... dibantu
oleh ..., Panitera Pengganti." Days are read from printed and stripped text. Names are read only from printed text,
which tells where they end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from courtsight.decisions.citations import lower
from courtsight.decisions.dates import find_date, find_day

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Closing", "read_closing"]


@dataclass(slots=True)
class Closing:
    """What the closing sentences tell; what they do not tell is empty."""

    deliberated_on: date | None = None
    pronounced_on: date | None = None
    presiding_judge: str = ""
    member_judges: list[str] = field(default_factory=list)
    clerk: str = ""


_END = re.compile(
    r"\bdemik\s?ia\s?n\s?(?:lah)?\b\W{0,4}(?:\w+\W{1,4}){0,6}?di\s?(?:putus|tetap|jatuh|ambil|musyawarah)"
    r"|\bdi\s?putus\s?kan\W{1,4}(?:\w+\W{1,4}){0,3}?(?:rapat|sidang)?\W{0,4}(?:per)?musyawara(?:tan|h)"
    r"|\bditetapkan\W{1,4}(?:di\b|pada\b)"
)
_SPOKEN = re.compile(r"\bdi\s?(?:ucap|baca|umum)kan\b|\bpengucapan\b")
_GIVEN = re.compile(r"\bdi\s?(?:jatuh|tetap|putus)kan\b|\bdi\s?putus\b")
# "pada hari itu juga", "hari dan tanggal tersebut", "hari yang sama", "hari pula", "tanggal tersebut di atas"
_SAME_DAY = re.compile(
    r"\b(?:hari|tanggal|tgl)\b"
    r"(?:\W{1,3}(?:dan|serta|atau|ta?n?ggal|tgl|bulan|tahun|jam|rapat|sidang|(?:per)?musyawara(?:tan|h))\b){0,4}"
    r"\W{1,3}(?:itu\b|tersebut\b|tsb\b|yang\W{1,3}sama\b|sama\b|pula\b|juga\b|ini\W{1,3}(?:juga|pula)\b)"
)
_JUST_BEFORE = 110  # characters between a day and the "diucapkan" that follows it
_SOON_AFTER = 320
_DAY = re.compile(r"\b(?:hari|tanggal|tgl)\b")


def read_closing(closing: str) -> Closing:
    """Read the closing of a decision, printed or stripped."""
    about = Closing()
    lowered = lower(closing)
    _read_days(lowered, about)
    if closing != lowered:
        _read_people(re.sub(r"\s+", " ", closing), about)
    return about


def _read_days(lowered: str, about: Closing) -> None:
    end = _END.search(lowered)
    start = end.start() if end else 0
    spoken = _SPOKEN.search(lowered, start)
    if spoken is None:
        given = _GIVEN.search(lowered, start)
        about.deliberated_on = find_date(lowered, start) if end else None
        about.pronounced_on = about.deliberated_on if given else None
        return
    about.deliberated_on = find_date(lowered, start, spoken.start()) if end else None
    about.pronounced_on = _pronounced(lowered, start, spoken, about.deliberated_on)
    if about.deliberated_on is None and end and not _SAME_DAY.search(lowered, start, spoken.start()):
        decided = _GIVEN.search(lowered, start, spoken.start())
        if (
            decided and spoken.start() - decided.end() < _JUST_BEFORE
        ):  # "diputuskan dan diucapkan pada hari ..."
            about.deliberated_on = about.pronounced_on


def _pronounced(lowered: str, start: int, spoken: re.Match[str], decided: date | None) -> date | None:
    """The day in the words before "diucapkan", else in those after it."""
    near = max(start, spoken.start() - _JUST_BEFORE)
    same = [match.end() for match in _SAME_DAY.finditer(lowered, near, spoken.start())]
    if same and find_date(lowered, same[-1], spoken.start()) is None:
        return decided
    window = min(len(lowered), spoken.end() + _SOON_AFTER)
    after = _SAME_DAY.search(lowered, spoken.end(), window)
    stop = after.start() if after else window
    if later := find_date(lowered, spoken.end(), stop) or _without_year(lowered, spoken.end(), stop, decided):
        return later
    if after:
        return decided
    before = [match.start() for match in _DAY.finditer(lowered, near, spoken.start())]
    named = find_date(lowered, before[0], spoken.start()) if before else None
    return named or find_date(lowered, spoken.end())


def _without_year(lowered: str, start: int, end: int, decided: date | None) -> date | None:
    """A day whose year is left out: "pada hari Kamis tanggal 24 Januari juga"."""
    if decided is None or (day := find_day(lowered, start, end, year=decided.year)) is None:
        return None
    return day if day >= decided else None


_TITLE = (
    r"(?:(?:S|M|Drs?|Dra|Ir|Prof|H|Hj|A|Sp|Ph|LL|B|Lc|K|SH|MH|SE|SS|MSi|MM|MKn|CN|DR|DRS|HJ|PROF)\b"
    r"\.?[A-Za-z.]{0,8})"
)
_TITLES = re.compile(rf"{_TITLE}(?:[\s,]{{1,2}}{_TITLE})*\.?")
_STOP = (
    r"(?:dibantu|didampingi|dihadiri|serta|oleh|hakim|panitera|ketua|majelis|tersebut|putusan|yang|tanggal)"
)
_NAME = rf"(?P<name>[^\s;:(),](?:(?!\b{_STOP}\b)[^;:()]){{2,140}}?)"
_AS = r"(?:selaku|sebagai)\s+"
_CHAIR = r"(?:hakim\s+)?(?:ketua|tunggal)(?:\s+(?:majelis|sidang))*(?:\s+hakim)?\b"
_PRESIDING = (
    re.compile(
        rf"\boleh\s*(?:kami|saya)?\s*[,:;]?\s*{_NAME}[,\s]+"
        rf"(?:hakim\s+agung\b[^;:]{{0,120}}?{_AS}|{_AS})?(?P<as>{_CHAIR})"
    ),
    re.compile(rf"\b(?:kami|saya)\s*[,:;]?\s*{_NAME}[,\s]+(?:{_AS})?(?P<as>{_CHAIR})"),
    re.compile(
        rf"\boleh\s*(?:kami|saya)?\s*[,:;]?\s*{_NAME}[,\s]+(?:{_AS})?(?P<as>hakim\s+(?:pada\s+)?pengadilan)\b"
    ),
    re.compile(rf"\bhakim\s+(?:ketua|tunggal)(?:\s+majelis)?\s*[,:]\s*{_NAME}(?=;|$)"),
)
_MEMBER = re.compile(
    r"[\s,;:]*(?:(?:dan|serta|dengan|beserta|bersama(?:-sama)?)\s+)?(?P<names>[^;:()]{3,400}?)[\s,]+"
    r"(?:hakim[\s-]+hakim\s+agung[\s,]+)?(?:masing[\s-]+masing[\s,]+)?"
    r"(?:selaku|sebagai)\s+(?:para\s+)?(?:hakim[\s-]+){0,2}anggota(?:\s+majelis)?(?:\s+(?:[ivx]{1,3}|\d)\b)?"
)
_CLERK = (
    re.compile(
        rf"\b(?:dibantu|didampingi|dihadiri|serta|dengan|bersama(?:-sama)?)\s+(?:oleh\s+)?{_NAME}[\s,]+"
        rf"(?:{_AS})?(?:pl[ht]\.?\s+)?panitera\b"
    ),
    re.compile(rf"\bpanitera(?:\s+pengganti)?\s*[,:]\s*{_NAME}(?=;|$)"),
)
_BEFORE_NAME = re.compile(
    r"^(?:(?:oleh|kami|saya|sdr[ai]?\.?|saudara|saudari|dan|serta|dibantu|para|bahwa)\b[\s,:]*)+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:yang|tersebut|para|dalam|pada|dengan|telah|untuk|dari|kepada)\b"
    r"|^(?:\W*\b(?:majelis|hakim|ketua|anggota|tunggal|panitera|pengganti)\b)+\W*$",
    re.IGNORECASE,
)


def _read_people(flat: str, about: Closing) -> None:
    lowered = lower(flat)
    end = _END.search(lowered)
    start = end.start() if end else 0
    about.presiding_judge, position = _office(_PRESIDING, flat, lowered, start)
    if about.presiding_judge:
        about.member_judges = _members(flat, lowered, position)
    about.clerk, _ = _office(_CLERK, flat, lowered, start)


def _office(patterns: tuple[re.Pattern[str], ...], flat: str, lowered: str, start: int) -> tuple[str, int]:
    """The first name that one of the patterns finds, and where its office ends."""
    for pattern in patterns:
        for match in pattern.finditer(lowered, start):
            if name := _name(flat[match.start("name") : match.end("name")]):
                return name, match.end()
    return "", start


def _members(flat: str, lowered: str, position: int) -> list[str]:
    """The names that follow the presiding judge's, up to the last "sebagai Hakim Anggota" in a row."""
    found: list[str] = []
    while (match := _MEMBER.match(lowered, position)) is not None:
        names = [_name(part) for part in split_names(flat[match.start("names") : match.end("names")])]
        if not all(names):
            break
        found += names
        position = match.end()
    return found


def _name(text: str) -> str:
    """The name that a piece of printed text is, or nothing."""
    name = _BEFORE_NAME.sub("", " ".join(text.split()).strip(" ,:-")).strip(" ,:-")
    return name if name[:1].isupper() and not _NO_NAME.search(name) else ""


def split_names(names: str) -> list[str]:
    """Names joined by commas, "dan" and "serta", each with the titles that follow it."""
    found: list[str] = []
    for part in re.split(r",\s*(?:(?:dan|serta)\s)?|\s+(?:dan|serta|DAN)\s+", names):
        piece = part.strip(" ,")
        if found and _TITLES.fullmatch(piece):
            found[-1] += f", {piece}"
        elif piece:
            found.append(piece)
    return found
