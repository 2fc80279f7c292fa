"""Cases before the religious courts: marriage, divorce, children, inheritance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.fictitious import names
from courtsight.fictitious.civil import draw_story, set_roles

if TYPE_CHECKING:
    from courtsight.fictitious.case import Case

_WORK = {
    "m": ("pengemudi", "petani", "guru honorer", "karyawan swasta", "nelayan", "pedagang"),
    "f": ("ibu rumah tangga", "guru", "penjahit", "pedagang", "perawat", "karyawati swasta"),
}


def prepare(case: Case) -> None:
    """Invent the two parties with their patronyms and draw the story."""
    raw, values, dice = case.matter.raw, case.values, case.dice
    for key, sex in zip(("p", "t"), raw["sex"], strict=True):
        name = names.man(dice) if sex == "m" else names.woman(dice)
        father = names.man(dice).split()[0]
        values[f"nama_{key}"] = f"{name} {'bin' if sex == 'm' else 'binti'} {father}"
        place = f"tempat kediaman di {names.street(dice)}, {values['kota']}"
        work = f"umur {dice.between(24, 57)} tahun, agama Islam, pekerjaan {dice.pick(_WORK[sex])}"
        values[f"ciri_{key}"] = f"{work}, {place}"
    plaintiff, defendant = raw.get("roles", ("Penggugat", "Tergugat"))
    set_roles(case, plaintiff, defendant, "permohonan" if plaintiff == "Pemohon" else "gugatan")
    draw_story(case)
    children = values.get("anak", "")
    values["anak_frasa"] = children if children.startswith("tidak") else f"telah lahir {children}"
