"""Invented districts with their courts, and the numbers that courts give to decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.decisions.draft import Level

if TYPE_CHECKING:
    from courtsight.fictitious.chance import Dice

SUPREME_COURT = "Mahkamah Agung"
# Above the highest number that the Supreme Court has ever given in a year: no real decision bears one of these.
_SUPREME_LOWEST, _SUPREME_HIGHEST = 9001, 9999


@dataclass(frozen=True, slots=True)
class District:
    """A made-up town with the abbreviation of its courts and the seat of its high courts."""

    name: str  # "Randu Biru"
    kind: str  # "Kota" or "Kabupaten"
    code: str  # "Rdb"
    seat: str  # "Randu Biru"
    seat_code: str
    province: str

    @property
    def full_name(self) -> str:
        """`Kota Randu Biru`."""
        return f"{self.kind} {self.name}"


def _districts() -> tuple[District, ...]:
    table = """
    Nusa Kelabu: Kota Randu Biru Rdb, Kabupaten Awan Lor Awl, Kota Telaga Senja Tls, Kabupaten Wana Sunyi Wns
    Tanah Lembayung: Kota Lembah Jingga Lbj, Kabupaten Bukit Kapas Bkp, Kota Muara Pelangi Mpl, Kabupaten Sawah Bintang Swb
    Segara Utara: Kota Karang Rembulan Krr, Kabupaten Pulau Kincir Pkc, Kota Tanjung Lonceng Tjl, Kabupaten Ombak Perak Obp
    Rimba Selatan: Kota Hujan Teduh Hjt, Kabupaten Kabut Wening Kbw, Kota Daun Kencana Dkc, Kabupaten Lereng Ungu Lru
    Kepulauan Gerimis: Kota Batu Payung Bpy, Kabupaten Angin Laksa Agl, Kota Embun Sagara Ems, Kabupaten Bulan Asri Bla
    """
    districts = []
    for row in table.strip().splitlines():
        province, towns = row.strip().split(": ")
        parsed = [town.split() for town in towns.split(", ")]
        seat, seat_code = " ".join(parsed[0][1:-1]), parsed[0][-1]
        districts += [District(" ".join(name), kind, code, seat, seat_code, province) for kind, *name, code in parsed]
    return tuple(districts)


DISTRICTS = _districts()


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of the judiciary: how its courts are called and how they number their decisions.

    Number patterns have the slots `n`, `register`, `year` and `code`.
    """

    jurisdiction: str
    first: str
    appeal: str
    first_number: str
    appeal_number: str


GENERAL = Branch(
    "umum", "Pengadilan Negeri", "Pengadilan Tinggi", "{n}/{register}/{year}/PN {code}", "{n}/{register}/{year}/PT {code}"
)
CORRUPTION = Branch(
    "umum",
    "Pengadilan Tindak Pidana Korupsi pada Pengadilan Negeri",
    "Pengadilan Tindak Pidana Korupsi pada Pengadilan Tinggi",
    GENERAL.first_number,
    GENERAL.appeal_number,
)
RELIGIOUS = Branch(
    "agama",
    "Pengadilan Agama",
    "Pengadilan Tinggi Agama",
    "{n}/{register}/{year}/PA.{code}",
    "{n}/{register}/{year}/PTA.{code}",
)
ADMINISTRATIVE = Branch(
    "tata usaha negara",
    "Pengadilan Tata Usaha Negara",
    "Pengadilan Tinggi Tata Usaha Negara",
    "{n}/{register}/{year}/PTUN.{code}",
    "{n}/{register}/{year}/PT.TUN.{code}",
)


@dataclass(frozen=True, slots=True)
class Registers:
    """The register codes of one kind of case at each level, e.g. `Pid.B`, `PID`, `Pid`."""

    first: str
    appeal: str
    supreme: str


def court_name(branch: Branch, district: District, level: Level) -> str:
    """The court that decides a case of this district at this level."""
    if level is Level.FIRST_INSTANCE:
        return f"{branch.first} {district.name}"
    if level is Level.APPEAL:
        return f"{branch.appeal} {district.seat}"
    return SUPREME_COURT


def case_number(
    branch: Branch, registers: Registers, district: District, level: Level, year: int, dice: Dice
) -> str:
    """A number as the deciding court prints it. It is not checked to be new."""
    if level in {Level.CASSATION, Level.REVIEW}:
        letter = "K" if level is Level.CASSATION else "PK"
        return f"{dice.between(_SUPREME_LOWEST, _SUPREME_HIGHEST)} {letter}/{registers.supreme}/{year}"
    upper = branch is ADMINISTRATIVE or level is Level.APPEAL
    code = district.seat_code if level is Level.APPEAL else district.code
    first = level is Level.FIRST_INSTANCE
    return (branch.first_number if first else branch.appeal_number).format(
        n=dice.between(4, 620 if first else 290),
        register=registers.first if first else registers.appeal,
        year=year,
        code=code.upper() if upper and branch is not RELIGIOUS else code,
    )
