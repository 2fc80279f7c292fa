"""Civil suits: who sues whom before the district court."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.draft import Party
from courtsight.fictitious import names

if TYPE_CHECKING:
    from courtsight.fictitious.case import Case

_JOBS = (
    "petani",
    "pedagang",
    "wiraswasta",
    "pensiunan guru",
    "nelayan",
    "ibu rumah tangga",
    "pengusaha hasil bumi",
)


def prepare(case: Case) -> None:
    """Invent plaintiff and defendant, one of them perhaps a company, and draw the story."""
    dice, values = case.dice, case.values
    values["nama_p"] = names.person(dice)
    values["ciri_p"] = resident(case)
    if case.matter.raw.get("defendant_company"):
        values["nama_t"], values["ciri_t"] = values["perusahaan"], company_seat(case)
    else:
        values["nama_t"], values["ciri_t"] = names.person(dice), resident(case)
    set_roles(case, "Penggugat", "Tergugat", "gugatan")
    draw_story(case)


def set_roles(case: Case, plaintiff: str, defendant: str, claim: str) -> None:
    """Slots and parties for both sides and their lawyers."""
    values = case.values
    values |= {"p": plaintiff, "t": defendant, "gugatan": claim, "pasal": case.matter.raw["articles"][0]}
    values |= {"kuasa_p": names.jurist(case.dice), "kuasa_t": names.jurist(case.dice)}
    case.parties = [Party(plaintiff, values["nama_p"]), Party(defendant, values["nama_t"])]


def draw_story(case: Case) -> None:
    """Draw the slots of the matter; its texts become the story."""
    raw = case.matter.raw
    case.draw_slots(raw["slots"], raw["money"])
    case.story = raw["text"]
    case.values["pokok"] = case.values["inti"]


def resident(case: Case) -> str:
    """Age, work and address of a person."""
    dice = case.dice
    place = f"bertempat tinggal di {names.street(dice)}, {case.values['kota']}"
    return f"umur {dice.between(27, 68)} tahun, pekerjaan {dice.pick(_JOBS)}, {place}"


def company_seat(case: Case) -> str:
    """Seat and director of a company."""
    dice = case.dice
    seat = f"berkedudukan di {names.street(dice)}, {case.values['kota']}"
    return f"{seat}, diwakili oleh direkturnya, {names.person(dice)}"
