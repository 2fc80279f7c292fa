"""Which decision a citation means: its number and its court, and whether it is one at all.

A decision names its own number in its head, on its foot and in every order of its file: those are no citations. The
number alone does not tell a decision; the court does, which the text names beside it, or the code in the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from courtsight.decisions.case_numbers import NumberParts, take_apart
from courtsight.decisions.citations import Citation, Kind, lower
from courtsight.decisions.courts import (
    KINDS,
    code_pattern,
    court_key,
    courts_with_code,
    named_court,
    short_kind,
)
from courtsight.decisions.identity import Identity, code_fits, identity_of, told_court

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courtsight.decisions.draft import DecisionDraft

__all__ = ["CitedDecision", "beside", "cited_decisions"]

_HEAD = 2_000  # characters in which a decision names itself
_BEFORE, _AFTER = 200, 100
_LONG = [
    re.escape(kind.long.lower()).replace(r"\ ", r"\s{1,3}").replace("'", "['\u2019 ]?") for kind in KINDS[3:]
]
_SHORT = (
    r"p\.?\s?n\b\.?",
    r"p\.?\s?t\b\.?",
    r"p\.?\s?a\b\.?",
    r"pta\b\.?",
    r"ptun\b\.?",
    r"pt\.?\s?tun\b\.?",
)
_KIND = "|".join(sorted((*_LONG, *_SHORT), key=len, reverse=True))
_NAMED = re.compile(rf"\b(?P<kind>{_KIND})[\s.:]{{0,3}}(?P<rest>[^\n;]*)")
_NEXT = re.compile(
    rf"[\s,(]{{0,4}}(?:(?:pada|di|dari|oleh|putusan)\s{{1,2}}){{0,2}}(?P<kind>{_KIND})[\s.:]{{0,3}}(?P<rest>[^\n;,()]*)"
)
_ANY_KIND = re.compile(rf"\b(?:{_KIND})")
_YEAR = re.compile(r"\d[\s/.\-]{0,3}$")
_WORD = re.compile(r"[a-z0-9'\u2019\-]+")
_LONGEST_PLACE = 5
_TITLES = 3
# "penetapan ketua majelis hakim nomor": an order of the same file. "salinan penetapan nomor" is a decision of a court.
_ORDER = re.compile(
    r"(?:penetapan(?:nya)?\W{1,3}(?:\w+\W{1,3}){0,2}?(?:ketua|wakil|hakim|majelis|penahanan\w*|hari)"
    r"|(?:berdasarkan|membaca|dengan|oleh)\W{1,3}(?:\w+\W{1,3}){0,3}?penetapan(?:nya)?|penahanan(?:nya)?"
    r"|penunjuk\w*|(?:hakim|ketua|perpanjangan\w*)\W{1,3}pengadilan\W{1,3}(?:negeri|tinggi)"
    r"|membaca\W{1,3}(?:\w+\W{1,3}){0,2}?berkas|berita\W{1,3}acara|petikan"
    r"|kuasa|panitera\W{1,3}pengganti)\b(?:(?!\b(?:terhadap|salinan|diputus|register|gugatan)\b).){0,120}$"
)
_OF_AN_ORDER = re.compile(
    r"\W{0,3}(?:(?:tanggal|tertanggal|tgl)\W.{0,40}?)?(?:tentang\W{1,3}(?:penunjukan|penetapan|hari|penggantian|pergantian"
    r"|susunan|perpanjangan|penahanan|pengangkatan)|demi\W{1,3}keadilan|sejak\W|lanjutan\W{1,3}berita)"
)
_PAGE_TITLE = re.compile(
    r"\bhal(?:aman)?\W{1,3}\d{1,4}(?:\W{1,3}dari)?\W{1,3}\d{1,4}\W(?:\w+\W{1,3}){0,3}?(?:nomor|no)\W{0,3}$"
)
_TITLE = re.compile(r"\b\d{1,3}\W{1,3}(?P<words>[a-z][a-z\W]{0,80})$")
_SERIAL = re.compile(r"(?P<serial>\d+)/(?P<matter>pid|pdt|g|p|b|jn)\b[^/]*/(?P<year>\d{4})$")
# Words between the name of a court and the number of its decision.
_BETWEEN = frozenset({
    "nomor", "no", "nomer", "nr", "reg", "register", "regno", "putusan", "putusannya", "penetapan", "perkara",
    "pidana", "perdata", "khusus", "umum", "biasa", "tanggal", "tgl", "tertanggal", "tahun", "dalam", "dengan",
    "tersebut", "yang", "telah", "di", "pada", "kelas", "klas", "ia", "ib", "ii", "iia", "iib", "i", "a", "b",
    "1a", "1b", "atas", "hari", "daftar", "dibawah", "bawah", "januari", "februari", "pebruari", "maret",
    "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "nopember", "desember",
    "pengadilan", "tingkat", "pertama", "banding", "jo", "juncto", "sebagaimana", "ini", "untuk", "oleh",
    "karena", "terhadap", "mengadili", "memutus", "menyatakan", "memeriksa", "terdakwa", "sudah", "berkekuatan",
    "adalah",
})  # fmt: skip
_NUMERIC = re.compile(r"[\divx.\-/]+")


@dataclass(frozen=True, slots=True)
class CitedDecision:
    """A citation of another decision.

    `number` is as in `Identity`; `court` a LIKE pattern of the keys of courts that may be meant, None where the text
    does not tell.
    """

    citation: Citation
    number: str
    court: str | None


@dataclass(slots=True)
class _Own:
    """The decision that cites: who it is, its court's name, and the codes that its own number bears in its head."""

    identity: Identity
    kind: str
    court: str
    codes: set[str] = field(default_factory=set)


def cited_decisions(draft: DecisionDraft, citations: Iterable[Citation]) -> list[CitedDecision]:
    """The decisions of others that a decision cites, in reading order; `citations` are those in its `full_text`."""
    numbers = [(item, take_apart(item.normalised)) for item in citations if item.kind is Kind.DECISION]
    if not numbers:
        return []
    text = lower(draft.full_text)
    own = _own(draft)
    own.codes |= {
        _letters(parts.code)
        for citation, parts in numbers
        if citation.start < _HEAD and _number(parts) == own.identity.number
    }
    titles = _running_titles(text, [(citation, _number(parts)) for citation, parts in numbers])
    found = []
    for citation, parts in numbers:
        if _number(parts) in titles or _is_of_the_file(text, citation):
            continue
        named = beside(text, citation.start, citation.end, parts.kind)
        if _is_own(own, parts, named, citation.start):
            continue
        court = _court(own, parts, named)
        if not _is_misprinted(own, parts, court):
            found.append(CitedDecision(citation, _number(parts), court))
    return found


def beside(text: str, start: int, end: int, kind: str = "") -> str:
    """The key of the court that a text (lower case) names beside the number at `text[start:end]`; empty if none.

    `kind` is that of the number, if it tells one: a court of another kind is not the one meant.
    """
    for name, rest, closed in _names(text, start, end):
        short = short_kind(name) or ""
        if kind and short != kind:
            continue
        place = _place(short, rest, closed=closed)
        if place:
            return court_key(f"{short} {place}")
    return ""


def _names(text: str, start: int, end: int) -> Iterable[tuple[str, str, bool]]:
    """Kinds of courts with the words after them: the last one before the number, then the one right after it."""
    before = text[max(0, start - _BEFORE) : start]
    # What follows a year is the end of another number.
    matches = [match for match in _ANY_KIND.finditer(before) if not _YEAR.search(before[: match.start()])]
    if matches and (match := _NAMED.match(before, matches[-1].start())) and match.end() == len(before):
        yield match["kind"], match["rest"], True
    following = _NEXT.match(text, end, end + _AFTER)
    if following is not None:
        yield following["kind"], following["rest"], False


def _place(kind: str, rest: str, *, closed: bool) -> str:
    """The place at the beginning of `rest`; with `closed`, all other words must be such as stand before a number."""
    words = _WORD.findall(rest)
    if not words:
        return ""
    if words[0] == "di":
        words = words[1:]
    known = next(
        (
            count
            for count in range(min(_LONGEST_PLACE, len(words)), 0, -1)
            if named_court(kind, " ".join(words[:count])) is not None
        ),
        0,
    )
    stop = next((place for place, word in enumerate(words) if _ends_place(word)), len(words))
    count = known or stop
    if count > _LONGEST_PLACE or (closed and not all(map(_ends_place, words[count:]))):
        return ""
    if not closed and not known and stop == len(words) > 2:  # noqa: PLR2004 - a place nobody knows has one or two words
        return ""
    return " ".join(words[:count])


def _ends_place(word: str) -> bool:
    return word in _BETWEEN or _NUMERIC.fullmatch(word) is not None


def _is_of_the_file(text: str, citation: Citation) -> bool:
    """Whether a number stands where a decision names itself: in orders of its file, titles of pages, head and foot."""
    before = " ".join(text[max(0, citation.start - _BEFORE) : citation.start].split())
    after = " ".join(text[citation.end : citation.end + _AFTER].split())
    order = _ORDER.search(before)
    return (
        (order is not None and "putusan" not in before[order.end() :])
        or _PAGE_TITLE.search(before) is not None
        or _OF_AN_ORDER.match(after) is not None
    )


def _running_titles(text: str, numbers: list[tuple[Citation, str]]) -> set[str]:
    """Numbers that follow page numbers in the same words again and again: titles of pages, left by a template."""
    seen: dict[tuple[str, str], int] = {}
    for citation, number in numbers:
        title = _TITLE.search(" ".join(text[max(0, citation.start - _BEFORE) : citation.start].split()))
        if title is not None:
            seen[number, title["words"]] = seen.get((number, title["words"]), 0) + 1
    return {number for (number, _), count in seen.items() if count >= _TITLES}


def _is_misprinted(own: _Own, parts: NumberParts, court: str | None) -> bool:
    """Whether it is the own number with another register or the year before or after."""
    mine, other = _SERIAL.match(own.identity.number), _SERIAL.match(_number(parts))
    if mine is None or other is None or (court is not None and court != own.identity.court):
        return False
    same = mine["serial"] == other["serial"]
    return same and abs(int(mine["year"]) - int(other["year"])) <= 1


def _own(draft: DecisionDraft) -> _Own:
    parts = take_apart(draft.case_number)
    identity = identity_of(draft.case_number, draft.court)
    kind = parts.kind or (short_kind(draft.court.partition(" ")[0]) or "")
    return _Own(identity, kind, draft.court, {_letters(parts.code)})


def _is_own(own: _Own, parts: NumberParts, named: str, start: int) -> bool:
    if _number(parts) != own.identity.number or (parts.kind and own.kind and parts.kind != own.kind):
        return False
    in_table = "-" in own.identity.court
    if named:
        return named == own.identity.court or not own.identity.tells_court or (in_table and "-" not in named)
    if (
        start < _HEAD
        or not parts.code
        or _letters(parts.code) in own.codes
        or code_fits(parts.code, own.court)
    ):
        return True
    told = told_court(parts)
    return told == own.identity.court or (in_table and told.endswith(":"))


def _court(own: _Own, parts: NumberParts, named: str) -> str | None:
    told = told_court(parts)
    if told and not told.endswith(":") and parts.kind not in {"PN", "PT", "PA", "PTA", "MS", "PTUN", "PTTUN"}:
        return told
    known = {court.key for court in courts_with_code(parts.kind, parts.code)} if parts.code else set()
    if named:
        return named if not known or named in known or "-" not in named else None
    if not parts.code:
        return None
    if _letters(parts.code) in own.codes and own.identity.tells_court:
        return own.identity.court
    if len(known) == 1:
        (key,) = known
        # Courts had other codes once, and text may lack letters: a code that fits the own court too tells none.
        return None if key != own.identity.court and code_fits(parts.code, own.court) else key
    return None if known else code_pattern(parts.kind, parts.code)


def _number(parts: NumberParts) -> str:
    return identity_of(parts.base, "").number


def _letters(code: str) -> str:
    return re.sub(r"[^a-z]", "", code.lower())
