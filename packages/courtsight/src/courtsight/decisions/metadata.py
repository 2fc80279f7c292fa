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
from courtsight.decisions.closing import read_closing
from courtsight.decisions.draft import Party, Section
from courtsight.decisions.kinds import case_type_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["Metadata", "read_metadata"]

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
_FICTITIOUS = re.compile(r"\bputusan\s(?:ini\s)?(?:adalah\s)?(?:fiktif|rekaan)\b")
_FULL_NAME = re.compile(
    r"^[^\w\n]{0,6}(?:\d{1,2}\.\s?)?Nama(?:\sLengkap)?[ \t]{0,12}:\s{0,4}(?P<name>[^\n;]{2,120})",
    re.MULTILINE | re.IGNORECASE,
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
    + r")(?:\s(?P<place>[IVX]{1,4}|\d{1,2}))?\b",
    re.MULTILINE | re.IGNORECASE,
)
_MAX_PARTIES = 40


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
    ending = read_closing(closing[:_TAIL])
    about.deliberated_on, about.pronounced_on = ending.deliberated_on, ending.pronounced_on
    about.presiding_judge, about.member_judges = ending.presiding_judge, ending.member_judges
    about.clerk = ending.clerk
    identity = sections.get(Section.IDENTITY.value) or sections.get(Section.HEADER.value, "")
    about.parties = _parties(identity, about.case_type)
    about.fictitious = _FICTITIOUS.search(lower(head + text[-_TAIL:])) is not None
    return about


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


def _parties(identity: str, case_type: str) -> list[Party]:
    if identity == lower(identity):
        return []
    if case_type.startswith("pidana"):
        names = (" ".join(match["name"].split()).rstrip(" ,.") for match in _FULL_NAME.finditer(identity))
        found = [Party("Terdakwa", name) for name in names if name]
    else:
        found = [
            Party(_role(match), " ".join(match["name"].split())) for match in _CIVIL_PARTY.finditer(identity)
        ]
    return found[:_MAX_PARTIES]


def _role(match: re.Match[str]) -> str:
    """`Pemohon II`, however it is printed."""
    role = " ".join(match["role"].split()).title()
    return f"{role} {match['place'].upper()}" if match["place"] else role
