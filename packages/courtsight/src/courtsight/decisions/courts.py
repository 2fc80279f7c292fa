"""The courts of Indonesia: one table of names, codes, levels and regions, and what a court may be called.

The table is `courts.tsv`; where it is from says `docs/courts.md`. A court that it lacks (an invented one, a new one) is
told from others by its name: `PN Rimba Raya`, `PN RIMBA RAYA` and `Pengadilan Negeri Rimba Raya` are one.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "KINDS",
    "Court",
    "CourtKind",
    "CourtLevel",
    "begun_name",
    "canonical_name",
    "code_pattern",
    "court_key",
    "court_with_key",
    "courts",
    "courts_called",
    "courts_of_region",
    "courts_with_code",
    "find_court",
    "named_court",
    "place_of_court",
    "short_kind",
]


class CourtLevel(StrEnum):
    """The stage of the proceedings that a decision ends."""

    FIRST_INSTANCE = "first_instance"
    APPEAL = "appeal"
    CASSATION = "cassation"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class CourtKind:
    """A kind of court: its short and long name, how else it is written (as `_words`), level and branch."""

    short: str
    long: str
    spellings: tuple[str, ...]
    level: CourtLevel | None
    jurisdiction: str


_FIRST, _APPEAL = CourtLevel.FIRST_INSTANCE, CourtLevel.APPEAL
_SYARIYAH = ("syariyah", "syar iyah", "syariah", "syari ah", "syari yah")
_MS = tuple(f"mahkamah {name}" for name in _SYARIYAH)
KINDS: tuple[CourtKind, ...] = (
    CourtKind("MA", "Mahkamah Agung", (), None, ""),
    CourtKind("MK", "Mahkamah Konstitusi", (), None, "konstitusi"),
    CourtKind("PP", "Pengadilan Pajak", (), None, "pajak"),
    CourtKind("PN", "Pengadilan Negeri", ("p n",), _FIRST, "umum"),
    CourtKind("PT", "Pengadilan Tinggi", ("p t",), _APPEAL, "umum"),
    CourtKind("PA", "Pengadilan Agama", ("p a",), _FIRST, "agama"),
    CourtKind("PTA", "Pengadilan Tinggi Agama", ("p t a", "pt agama"), _APPEAL, "agama"),
    CourtKind("MS", "Mahkamah Syar'iyah", ("ms", *_MS), _FIRST, "agama"),
    CourtKind(
        "MS Aceh", "Mahkamah Syar'iyah Aceh", tuple(f"{name} aceh" for name in ("ms", *_MS)), _APPEAL, "agama"
    ),
    CourtKind(
        "PTUN", "Pengadilan Tata Usaha Negara", ("p tun", "pengadilan tun"), _FIRST, "tata usaha negara"
    ),
    CourtKind(
        "PTTUN",
        "Pengadilan Tinggi Tata Usaha Negara",
        ("pt tun", "p t tun", "pengadilan tinggi tun"),
        _APPEAL,
        "tata usaha negara",
    ),
    CourtKind("Dilmil", "Pengadilan Militer", ("pm",), _FIRST, "militer"),
    CourtKind("Dilmilti", "Pengadilan Militer Tinggi", ("pmt",), _APPEAL, "militer"),
    CourtKind("Dilmiltama", "Pengadilan Militer Utama", ("pmu",), _APPEAL, "militer"),
)
_ALONE = frozenset({"MA", "MK", "PP", "MS Aceh", "Dilmiltama"})  # there is one of each
_BY_SHORT = {kind.short: kind for kind in KINDS}
# Chambers sit at a district or high court, and are called by it.
_CHAMBER = re.compile(
    r"^(?:pengadilan )?(?:khusus )?(?:tindak pidana korupsi|tipikor|niaga|hubungan industrial|phi|perikanan|ham|anak)"
    r"(?: ham)?(?: (?:pada|di|pn|pengadilan negeri))*? (?=\w)"
)
_AFTER_KIND = re.compile(r"^(?:niaga|tipikor|tindak pidana korupsi|hubungan industrial|phi|perikanan) ")
_CLASS = re.compile(r" (?:kelas|klas) (?:[i1]{1,2} ?[ab]?|2 ?[ab]?)(?: khusus)?$| republik indonesia$| ri$")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 300  # characters of a name


@dataclass(frozen=True, slots=True)
class Court:
    """A court of the table.

    Attributes:
        key: what tells it from all others: `pn-kudus`.
        kind: `PN`, `PTA`, `Dilmil`, ... (`CourtKind.short`).
        name: short name, as the directory of decisions lists it: `PN Kudus`.
        long_name: `Pengadilan Negeri Kudus`.
        code: what numbers of its decisions end with: `Kds`; empty where they have none.
        level: its place in the order of courts.
        jurisdiction: umum, agama, tata usaha negara, militer, ...
        region: the province, or `Nasional`.
        other_codes: codes that its numbers bear or bore too.
        other_names: places by which it is called too.
    """

    key: str
    kind: str
    name: str
    long_name: str
    code: str
    level: CourtLevel | None
    jurisdiction: str
    region: str
    other_codes: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@cache
def courts() -> tuple[Court, ...]:
    """Every court of the table, the highest first."""
    table = files("courtsight.decisions").joinpath("courts.tsv").read_text(encoding="utf-8")
    return tuple(_court(row) for row in csv.DictReader(table.splitlines(), delimiter="\t"))


@lru_cache(4096)
def find_court(text: str) -> Court | None:
    """The court that a text names and nothing else: by its name, long name, code, slug or other name.

    `PN Kudus`, `PENGADILAN NEGERI KUDUS KELAS IB`, `pn-kudus`, `PN.KDS`, `Pengadilan Niaga pada PN Jakarta Pusat`.
    """
    kind, place = _taken_apart(text)
    if kind is None:
        return None
    found = _places().get((kind.short, _compact(place)))
    if found is None and place:
        coded = courts_with_code(kind.short, place)
        found = coded[0] if len(coded) == 1 else None
    return found


def court_with_key(key: str) -> Court | None:
    """The court of the table that a key tells."""
    return _keys().get(key)


def courts_with_code(kind: str, code: str) -> tuple[Court, ...]:
    """The courts of a kind whose numbers bear a code, in any spelling; a few codes are those of two courts."""
    return _codes().get((kind, _compact(code)), ())


def named_court(kind: str, place: str) -> Court | None:
    """The court of a kind at a place (`PN`, `jakarta selatan`)."""
    return _places().get((kind, _compact(place)))


def courts_called(text: str) -> tuple[Court, ...]:
    """The courts, of whatever kind, that a text calls by place or code alone: `kudus`, `KDS`, `jaksel`."""
    if not _words(text) or short_kind(text) is not None:
        return ()
    found = [court for kind in KINDS for court in courts_with_code(kind.short, text)]
    found += [court for kind in KINDS if (court := named_court(kind.short, text)) is not None]
    return tuple(dict.fromkeys(found))


def courts_of_region(region: str) -> list[str]:
    """Keys of the courts of a province, whatever its case."""
    wanted = " ".join(region.lower().split())
    return [court.key for court in courts() if court.region.lower() == wanted]


def place_of_court(name: str) -> tuple[CourtLevel | None, str]:
    """The level and the province of a court: of one that the table lacks the level that its name tells, and ""."""
    court = find_court(name)
    if court is not None:
        return court.level, court.region
    kind, _ = _taken_apart(name)
    return (kind.level if kind else None), ""


def begun_name(text: str) -> str:
    """A part of a name as short names have it, in lower case: `Pengadilan Negeri Kud` gives `pn kud`."""
    lowered = " ".join(text.lower().split())
    for kind in sorted(KINDS, key=lambda kind: len(kind.long), reverse=True):
        long = kind.long.lower()
        if kind.short not in _ALONE and (lowered == long or lowered.startswith(f"{long} ")):
            return f"{kind.short.lower()} {lowered[len(long) :].strip()}"
    return lowered


def canonical_name(text: str) -> str:
    """The short name of a court: that of the table, and of others one spelling: `PN Rimba Raya`."""
    court = find_court(text)
    if court is not None:
        return court.name
    if len(text) > _LONGEST:
        return text
    words = " ".join(text.split() if " " in text.strip() else text.replace("-", " ").split())
    kind, place = _taken_apart(text)
    if kind is None or not place:
        return words.title() if words.isupper() else words
    printed = re.search(r"[\W_]+".join(place.split()), words, re.IGNORECASE)
    cased = (_cased(word) for word in (printed.group() if printed else place).split())
    return f"{kind.short} {' '.join(cased)}"


def court_key(text: str) -> str:
    """What tells a court from all others: `pn-kudus` for one of the table, `pn rimba raya` for another, "" for none."""
    court = find_court(text)
    if court is not None:
        return court.key
    kind, place = _taken_apart(text)
    return f"{kind.short.lower()} {place}".strip() if kind else " ".join(_words(text))


def code_pattern(kind: str, code: str) -> str:
    """A LIKE pattern of the keys of courts that the table lacks and that a code fits: `PN Rmr` fits `pn rimba raya`.

    Codes are made of letters of the name in their order, the first one included.
    """
    return f"{kind.lower()} {'%'.join(_compact(code))}%"


def short_kind(words: str) -> str | None:
    """The short name of a kind of court (`pengadilan negeri` gives `PN`)."""
    return _spellings().get(" ".join(_words(words)))


def _court(row: dict[str, str]) -> Court:
    kind = _BY_SHORT[row["kind"]]
    place = row["place"]
    alone = not place or kind.short == "MS Aceh"
    name = (
        kind.long if alone and kind.short != "MS Aceh" else kind.short if alone else f"{kind.short} {place}"
    )
    long_place = place.replace("Kab ", "Kabupaten ")
    return Court(
        key="-".join(_words(f"{kind.short} {'' if alone else place}")),
        kind=kind.short,
        name=name,
        long_name=kind.long if alone else f"{kind.long} {long_place}",
        code=row["code"],
        level=kind.level,
        jurisdiction=kind.jurisdiction,
        region=row["region"],
        other_codes=tuple(filter(None, row["other_codes"].split(","))),
        other_names=tuple(filter(None, row["other_names"].split(","))),
    )


@cache
def _keys() -> dict[str, Court]:
    return {court.key: court for court in courts()}


@cache
def _places() -> dict[tuple[str, str], Court]:
    places: dict[tuple[str, str], Court] = {}
    for court in courts():
        for place in _places_of(court):
            places.setdefault((court.kind, _compact(place)), court)
    return places


def _places_of(court: Court) -> Iterator[str]:
    yield court.name.removeprefix(court.kind) if court.name.startswith(f"{court.kind} ") else ""
    yield from court.other_names


@cache
def _codes() -> dict[tuple[str, str], tuple[Court, ...]]:
    codes: dict[tuple[str, str], list[Court]] = defaultdict(list)
    for court in courts():
        for code in (court.code, *court.other_codes):
            if code:
                codes[court.kind, _compact(code)].append(court)
    return {key: tuple(found) for key, found in codes.items()}


@cache
def _spellings() -> dict[str, str]:
    found = {}
    for kind in KINDS:
        for spelling in (kind.short, kind.long, *kind.spellings):
            found[" ".join(_words(spelling))] = kind.short
    return found


@cache
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted(_spellings(), key=len, reverse=True))


@lru_cache(4096)
def _taken_apart(text: str) -> tuple[CourtKind | None, str]:
    """The kind of court that a text begins with, and the place that follows, as plain words."""
    words = _CLASS.sub("", f" {' '.join(_words(text[:_LONGEST]))}").strip()
    alone = _whole_names().get(words)
    if alone is not None:
        return _BY_SHORT[alone], ""
    words = re.sub(r"^.{0,120}? pada (?=pengadilan|pn |pt )", "", words)
    for spelling in _longest_first():
        if words == spelling or words.startswith(f"{spelling} "):
            place = _AFTER_KIND.sub("", words[len(spelling) :].strip())
            return _BY_SHORT[_spellings()[spelling]], place.removeprefix("di ")
    chamber = _CHAMBER.match(words)
    if chamber is not None:
        return _BY_SHORT["PN"], words[chamber.end() :]
    return None, words


@cache
def _whole_names() -> dict[str, str]:
    """Courts of which there is one are called by names that begin with no kind."""
    named = (court for court in courts() if court.kind in {"MA", "MK", "MS Aceh"})
    return {" ".join(_words(name)): court.kind for court in named for name in court.other_names}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("'", "").replace("\u2019", ""))


def _compact(text: str) -> str:
    return "".join("kab" if word == "kabupaten" else word for word in _words(text))


def _cased(word: str) -> str:
    """A word of a name as names are written; one in mixed case stays."""
    if word == "di" or word not in {word.lower(), word.upper()}:
        return word
    return "-".join(part.capitalize() for part in word.split("-"))
