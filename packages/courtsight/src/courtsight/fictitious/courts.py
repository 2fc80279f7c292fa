"""Invented districts with their courts, and the numbers that courts give to decisions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from courtsight.decisions.draft import CourtLevel
from courtsight.fictitious.library import frame

if TYPE_CHECKING:
    from courtsight.fictitious.chance import Dice

SUPREME_COURT = "Mahkamah Agung"
# Above the highest number that the Supreme Court gives in a year: no real decision bears one of these.
_SUPREME_LOWEST, _SUPREME_HIGHEST = 9001, 9999
_FIRST_HIGHEST, _APPEAL_HIGHEST = 620, 290


@dataclass(frozen=True, slots=True)
class District:
    """A made-up town with the abbreviation of its courts and the seat of its high courts."""

    name: str  # "Telaga Senja"
    kind: str  # "Kota" or "Kabupaten"
    code: str  # "Tls"
    seat: str  # "Randu Biru"
    seat_code: str
    province: str

    @property
    def full_name(self) -> str:
        """`Kota Telaga Senja`."""
        return f"{self.kind} {self.name}"


@cache
def districts() -> tuple[District, ...]:
    """All districts, province by province."""
    provinces: dict[str, list[list[str]]] = frame("names")["provinces"]
    return tuple(
        District(name, kind, code, seat=towns[0][1], seat_code=towns[0][2], province=province)
        for province, towns in provinces.items()
        for kind, name, code in towns
    )


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of the judiciary: how its courts are called, in full and in their decision numbers."""

    jurisdiction: str
    first: str
    appeal: str
    first_short: str
    appeal_short: str


GENERAL = Branch("umum", "Pengadilan Negeri", "Pengadilan Tinggi", "PN", "PT")
CORRUPTION = Branch(
    "umum",
    "Pengadilan Tindak Pidana Korupsi pada Pengadilan Negeri",
    "Pengadilan Tindak Pidana Korupsi pada Pengadilan Tinggi",
    "PN",
    "PT",
)
RELIGIOUS = Branch("agama", "Pengadilan Agama", "Pengadilan Tinggi Agama", "PA", "PTA")
ADMINISTRATIVE = Branch(
    "tata usaha negara",
    "Pengadilan Tata Usaha Negara",
    "Pengadilan Tinggi Tata Usaha Negara",
    "PTUN",
    "PTTUN",
)


@dataclass(frozen=True, slots=True)
class Registers:
    """The register codes of one kind of case at each level, e.g. `Pid.B`, `Pid`, `Pid`."""

    first: str
    appeal: str
    supreme: str


@dataclass(frozen=True, slots=True)
class Forum:
    """Where a case is heard: the branch, the registers and the district."""

    branch: Branch
    registers: Registers
    district: District

    def court(self, level: CourtLevel) -> str:
        """The court that decides at this level, in full as decisions print it."""
        if level is CourtLevel.FIRST_INSTANCE:
            return f"{self.branch.first} {self.district.name}"
        if level is CourtLevel.APPEAL:
            return f"{self.branch.appeal} {self.district.seat}"
        return SUPREME_COURT

    def short_court(self, level: CourtLevel) -> str:
        """The same court as directories list it: `PN Telaga Senja`, `PTTUN Randu Biru`."""
        if level is CourtLevel.FIRST_INSTANCE:
            return f"{self.branch.first_short} {self.district.name}"
        if level is CourtLevel.APPEAL:
            return f"{self.branch.appeal_short} {self.district.seat}"
        return SUPREME_COURT

    def number(self, level: CourtLevel, year: int, dice: Dice) -> str:
        """A case number in its normal form (`197/Pid.Sus/2019/PT Lbj`). It is not checked to be new."""
        if level in {CourtLevel.CASSATION, CourtLevel.REVIEW}:
            letter = "K" if level is CourtLevel.CASSATION else "PK"
            return (
                f"{dice.between(_SUPREME_LOWEST, _SUPREME_HIGHEST)} {letter}/{self.registers.supreme}/{year}"
            )
        if level is CourtLevel.APPEAL:
            number, register = dice.between(4, _APPEAL_HIGHEST), self.registers.appeal
            short, code = self.branch.appeal_short, self.district.seat_code
        else:
            number, register = dice.between(4, _FIRST_HIGHEST), self.registers.first
            short, code = self.branch.first_short, self.district.code
        return f"{number}/{register}/{year}/{short} {code}"


def printed_number(number: str) -> str:
    """A number in normal form, as the deciding court prints it.

    High courts write registers and code in capitals (`197/PID.SUS/2019/PT LBJ`), religious courts set a stop
    (`12/Pdt.G/2018/PA.Rdb`), administrative courts both (`9/B/2019/PT.TUN.RDB`).
    """
    head, _, court = number.rpartition("/")
    short, _, code = court.partition(" ")
    if short == "PT":
        return f"{head.upper()}/PT {code.upper()}"
    if short in {"PA", "PTA"}:
        return f"{head}/{short}.{code}"
    if short in {"PTUN", "PTTUN"}:
        return f"{head}/{'PTUN' if short == 'PTUN' else 'PT.TUN'}.{code.upper()}"
    return number.replace("/AG/", "/Ag/")
