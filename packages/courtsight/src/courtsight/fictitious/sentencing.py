"""Rulings of criminal courts: conviction with its sentence, acquittal, release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.fictitious.case import Ruling
from courtsight.fictitious.library import frame
from courtsight.fictitious.wording import rupiah, term

if TYPE_CHECKING:
    from courtsight.fictitious.case import Case

# Months of imprisonment in place of an unpaid fine or restitution.
_FINE_SUBSTITUTE, _RESTITUTION_SUBSTITUTE = (1, 6), (3, 12)
_COSTS = (2000, 2500, 5000, 7500)  # rupiah
_SHORT_TERM = 8  # months; the prosecutor asks for little more
# A trader in debt may have broken a contract but no law; elsewhere the proof may fail.
_KINDS_CIVIL_DEFENCE = (("pidana", 1), ("lepas", 2))
_KINDS = (("pidana", 13), ("bebas", 1))


def first_ruling(case: Case) -> Ruling:
    """Draw what the prosecutor asks for (slot `tuntutan`) and what the court decides."""
    dice = case.dice
    months, fine = draw_sentence(case)
    asked = months + (dice.between(2, 12, 2) if months > _SHORT_TERM else 2)
    case.values["tuntutan"] = term(asked) + (f" dan denda sejumlah {rupiah(fine)}" if fine else "")
    kind = dice.weighted(_KINDS_CIVIL_DEFENCE if case.story.get("civil_defence") else _KINDS)
    return conviction(case, months, fine) if kind == "pidana" else freedom(case, kind)


def draw_sentence(case: Case) -> tuple[int, int]:
    """Months of imprisonment and fine in rupiah within the usual range of the offence."""
    raw = case.matter.raw
    return case.dice.between(*raw["months"]), case.dice.between(*raw["fine"]) if "fine" in raw else 0


def prison_order(case: Case, months: int, fine: int) -> str:
    """The order that imposes prison and, where the offence carries one, a fine."""
    texts = frame("orders")["criminal"]
    order = case.fill(texts["prison"], lama=term(months))
    if fine:
        substitute = term(case.dice.between(*_FINE_SUBSTITUTE))
        order += case.fill(texts["fine"], denda=rupiah(fine), pengganti=substitute)
    return order


def conviction(case: Case, months: int, fine: int) -> Ruling:
    """A conviction with all its orders."""
    texts = frame("orders")["criminal"]
    fates = texts["fates"]
    orders = [case.fill(texts["guilty"]), prison_order(case, months, fine)]
    if case.matter.raw.get("restitution"):
        substitute = term(case.dice.between(*_RESTITUTION_SUBSTITUTE))
        orders.append(case.fill(texts["restitution"], pengganti=substitute))
    orders += [
        texts["served"],
        case.fill(texts["exhibits"], nasib=fates.get(case.matter.legal_area, fates["other"])),
        case.fill(texts["costs"], biaya=rupiah(case.dice.pick(_COSTS))),
    ]
    return Ruling("pidana", tuple(f"{order};" for order in orders), months, fine)


def freedom(case: Case, kind: str) -> Ruling:
    """The accused goes free: `bebas` (not proven) or `lepas` (proven, but no crime)."""
    texts = frame("orders")["criminal"]
    orders = [*texts[kind], *texts["freed"]]
    return Ruling(kind, tuple(case.fill(order) + ";" for order in orders))
