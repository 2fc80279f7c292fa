"""What the text of a decision says about itself: number, court, dates, judges, parties.

Only printed text (cased and punctuated) tells where a name ends; from stripped text the names stay empty, for
nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from courtsight.decisions.case_numbers import find_case_numbers
from courtsight.decisions.citations import lower
from courtsight.decisions.dates import find_date
from courtsight.decisions.draft import Party, Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["Metadata", "case_type_of", "read_metadata"]

_HEAD = 6_000
_TAIL = 6_000


@dataclass(slots=True)
class Metadata:
    """What a text tells; fields that it does not tell are empty."""

    case_number: str | None = None
    court: str = ""
    jurisdiction: str = ""
    case_type: str = ""
    year: int | None = None
    deliberated_on: date | None = None
    pronounced_on: date | None = None
    presiding_judge: str = ""
    member_judges: list[str] = field(default_factory=list)
    clerk: str = ""
    parties: list[Party] = field(default_factory=list)
    fictitious: bool = False


_COURTS = (
    ("pengadilan tinggi tata usaha negara", "PTTUN", "tata usaha negara"),
    ("pengadilan tata usaha negara", "PTUN", "tata usaha negara"),
    ("pengadilan tinggi agama", "PTA", "agama"),
    ("pengadilan agama", "PA", "agama"),
    ("mahkamah syar'iyah", "MS", "agama"),
    ("pengadilan militer tinggi", "Dilmilti", "militer"),
    ("pengadilan militer", "Dilmil", "militer"),
    ("pengadilan tinggi", "PT", "umum"),
    ("pengadilan negeri", "PN", "umum"),
)
_SHORT = {name: (short, jurisdiction) for name, short, jurisdiction in _COURTS}
_COURT = re.compile(
    "(?P<kind>" + "|".join(name.replace(" ", r"\s{1,3}") for name, _, _ in _COURTS) + r")"
    r"\s{1,3}(?P<place>[a-z][\w'\-]{1,30}(?:\s{1,2}[a-z][\w'\-]{1,30}){0,3}?)"
    r"(?=\s*[,;:.\n]|\s+(?:yang|dalam|telah|tersebut|tanggal|nomor|pada|di|kelas)\b)"
)
_JURISDICTIONS = {"AG": "agama", "TUN": "tata usaha negara", "Mil": "militer", "PA": "agama", "PTA": "agama",
                  "MS": "agama", "PTUN": "tata usaha negara", "PTTUN": "tata usaha negara"}  # fmt: skip
_TITLES = r"(?:S|M|Drs?|Dra|Prof|H|Hj|A|Sp|Ph|LL|B|Lc|K)\.[A-Za-z.]{0,8}"
_NAME = r"[A-Z](?:(?!\b(?:dibantu|serta|oleh|Hakim)\b)[^\n;:()]){2,120}?"
_AS = r"(?:selaku|sebagai)\s"
_PRESIDING = (
    re.compile(
        rf"\boleh\s(?:kami\s?[,:]?\s)?(?P<name>{_NAME})(?:,\sHakim\sAgung[^;:]{{0,80}}?)?,?\s{_AS}(?:Hakim\s)?Ketua"
    ),
    re.compile(rf"\bHakim\sKetua(?:\sMajelis)?\s?[:,]\s?(?P<name>{_NAME})(?=\n|;|$)"),
)
_MEMBERS = (
    re.compile(
        rf"{_AS}(?:Hakim\s)?Ketua(?:\sMajelis|\sSidang)?,?\s(?P<names>[A-Z][^;:()]{{2,400}}?)"
        rf"(?:,\sHakim-Hakim\sAgung)?,?\s(?:masing[\s-]{{1,3}}masing,?\s)?{_AS}(?:Hakim[\s-]{{1,3}}Hakim\s|Hakim\s)?Anggota"
    ),
)
_CLERK = (
    re.compile(rf"\b(?:dibantu|didampingi|serta)\s(?:oleh\s)?(?P<name>{_NAME}),?\s(?:{_AS})?Panitera"),
    re.compile(rf"\bPanitera(?:\sPengganti)?\s?[:,]\s?(?P<name>{_NAME})(?=\n|;|$)"),
)
_DELIBERATED = re.compile(r"demikian(?:lah)?\W{1,4}(?:\w+\W{1,4}){0,4}?di\s?putus|permusyawaratan|musyawarah")
_PRONOUNCED = re.compile(r"di\s?(?:ucapkan|bacakan|jatuhkan)")
_SAME_DAY = re.compile(
    r"hari\W{1,3}(?:dan\W{1,3}tanggal\W{1,3})?(?:itu|tersebut)|tanggal\W{1,3}(?:itu|tersebut)\W{1,3}juga"
)
_FICTITIOUS = re.compile(r"\bputusan\s(?:ini\s)?(?:adalah\s)?(?:fiktif|rekaan)\b")
_FULL_NAME = re.compile(
    r"^[^\w\n]{0,6}(?:\d{1,2}\.\s?)?Nama(?:\s[Ll]engkap)?\s{0,12}:\s{0,4}(?P<name>[^\n;]{2,120})",
    re.MULTILINE,
)
_ROLES = (
    "pemohon peninjauan kembali", "termohon peninjauan kembali", "pemohon kasasi", "termohon kasasi", "pembanding",
    "terbanding", "penggugat", "tergugat", "turut tergugat", "pemohon", "termohon", "pelawan", "terlawan", "terdakwa",
    "pembantah", "terbantah",
)  # fmt: skip
_CIVIL_PARTY = re.compile(
    r"^[^\w\n]{0,4}(?:\d{1,2}\.\s?)?(?P<name>[A-Z][^,;:\n]{2,100}),[^;]{0,600}?"
    r"(?:disebut|sebagai)(?:\sjuga)?(?:\ssebagai)?\s[\"'\u201c]?(?P<role>"
    + "|".join(sorted((role.replace(" ", r"\s") for role in _ROLES), key=len, reverse=True))
    + r")\b",
    re.MULTILINE | re.IGNORECASE,
)
_MAX_PARTIES = 40
# By the class in the number; the longer beginning comes first.
_CASE_TYPES = {
    "Pid.Sus": "pidana khusus",
    "Pid": "pidana",
    "Pdt.Sus": "perdata khusus",
    "Pdt": "perdata",
    "Pjk": "pajak",
    "AG": "perdata agama",
    "TUN": "tata usaha negara",
    "G": "tata usaha negara",
    "B": "tata usaha negara",
    "JN": "jinayat",
    "HUM": "hak uji materiil",
}


def read_metadata(text: str, sections: Mapping[str, str]) -> Metadata:
    """Read what the text and its sections tell."""
    about = Metadata()
    head = text[:_HEAD]
    numbers = find_case_numbers(head, lower(head))
    if numbers:
        about.case_number = numbers[0][0]
        about.year = _year(about.case_number)
        about.case_type = case_type_of(about.case_number)
    about.court, about.jurisdiction = _court(head, about.case_number or "")
    closing = sections.get(Section.CLOSING.value) or text[-_TAIL:]
    _read_closing(closing[:_TAIL], about)
    about.parties = _parties(sections.get(Section.IDENTITY.value, ""), about.case_type)
    about.fictitious = _FICTITIOUS.search(lower(head + text[-_TAIL:])) is not None
    return about


def case_type_of(number: str) -> str:
    """The kind of case that a number's class stands for: `Pid.Sus` is "pidana khusus"; empty if unknown."""
    court = number.rsplit("/", 1)[-1].partition(" ")[0]
    parts = number.replace(" ", "/").split("/")
    if "Mil" in parts or parts[0].endswith(("-K", "-PK")):
        return "pidana militer"
    if court in {"PA", "PTA", "MS"} and "JN" not in parts:
        return "perdata agama"
    for beginning, kind in _CASE_TYPES.items():
        if any(
            part == beginning or part.startswith((f"{beginning}.", f"{beginning}-")) for part in parts[1:]
        ):
            return kind
    return ""


def _year(number: str) -> int | None:
    years = re.findall(r"/((?:18|19|20)[0-9]{2})(?=/|$)", number)
    return int(years[-1]) if years else None


def _court(head: str, number: str) -> tuple[str, str]:
    jurisdiction = next((_JURISDICTIONS[p] for p in re.split(r"[/ .]", number) if p in _JURISDICTIONS), "")
    if re.match(r"\d+ (?:K|PK|P)/|\d+/B/PK/", number):
        return "Mahkamah Agung", jurisdiction or "umum"
    match = _COURT.search(lower(head))
    if match is None:
        return "", jurisdiction
    short, kind = _SHORT[" ".join(match["kind"].split())]
    place = " ".join(word.capitalize() for word in match["place"].split())
    return f"{short} {place}", kind


def _read_closing(closing: str, about: Metadata) -> None:
    lowered = lower(closing)
    spoken = _PRONOUNCED.search(lowered)
    decided = _DELIBERATED.search(lowered)
    if decided is not None:
        stop = spoken.start() if spoken and spoken.start() > decided.end() else None
        about.deliberated_on = find_date(lowered, decided.end(), stop)
    if spoken is not None:
        window = min(len(lowered), spoken.end() + 250)
        same = _SAME_DAY.search(lowered, spoken.end(), window)
        later = find_date(lowered, spoken.end(), same.start() if same else window)
        about.pronounced_on = later or (about.deliberated_on if same else None)
    if closing == lowered:
        return
    flat = re.sub(r"[ \t]*\n[ \t]*", " ", closing)
    about.presiding_judge = _first(_PRESIDING, flat, "name")
    about.clerk = _first(_CLERK, flat, "name")
    about.member_judges = _split_names(_first(_MEMBERS, flat, "names"))


def _first(patterns: tuple[re.Pattern[str], ...], text: str, group: str) -> str:
    for pattern in patterns:
        match = pattern.search(text)
        if match is not None:
            return " ".join(match[group].split()).strip(" ,")
    return ""


def _split_names(names: str) -> list[str]:
    """Names joined by commas and "dan", each with the titles that follow it."""
    found: list[str] = []
    for part in re.split(r",\s*(?:dan\s)?|\s+dan\s+", names):
        piece = part.strip(" ,")
        if found and re.fullmatch(rf"{_TITLES}(?:\s{_TITLES})*", piece):
            found[-1] += f", {piece}"
        elif piece:
            found.append(piece)
    return found


def _parties(identity: str, case_type: str) -> list[Party]:
    if identity == lower(identity):
        return []
    if case_type.startswith("pidana"):
        names = (" ".join(match["name"].split()).rstrip(" ,.") for match in _FULL_NAME.finditer(identity))
        found = [Party("Terdakwa", name) for name in names if name]
    else:
        found = [
            Party(" ".join(match["role"].split()).title(), " ".join(match["name"].split()))
            for match in _CIVIL_PARTY.finditer(identity)
        ]
    return found[:_MAX_PARTIES]
