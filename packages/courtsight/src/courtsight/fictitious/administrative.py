"""Suits against officials before the administrative courts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.fictitious import names
from courtsight.fictitious.civil import company_seat, draw_story, resident, set_roles

if TYPE_CHECKING:
    from courtsight.fictitious.case import Case


def prepare(case: Case) -> None:
    """Invent the plaintiff and the official whose decision is attacked, and draw the story."""
    raw, values, dice = case.matter.raw, case.values, case.dice
    values["pejabat"] = case.fill(raw["office"])
    if raw.get("plaintiff_company"):
        values["nama_p"], values["ciri_p"] = values["perusahaan"], company_seat(case)
    else:
        values["nama_p"], values["ciri_p"] = names.person(dice), resident(case)
    values["nama_t"] = values["pejabat"]
    values["ciri_t"] = f"berkedudukan di {names.street(dice)}, {values['kabupaten']}"
    set_roles(case, "Penggugat", "Tergugat", "gugatan")
    draw_story(case)
