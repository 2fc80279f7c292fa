"""The corpus: which case comes when, and how far it goes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count as counter
from itertools import islice
from typing import TYPE_CHECKING

from courtsight.decisions.draft import CourtLevel
from courtsight.fictitious import administrative, appeal, civil, criminal, religious, suits, supreme
from courtsight.fictitious.case import Case, Precedent, new_district_values
from courtsight.fictitious.chance import Dice
from courtsight.fictitious.courts import (
    ADMINISTRATIVE,
    CORRUPTION,
    GENERAL,
    RELIGIOUS,
    Branch,
    Forum,
    Registers,
    districts,
)
from courtsight.fictitious.library import Matter, matters
from courtsight.fictitious.wording import long_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courtsight.decisions.draft import DecisionDraft

DEFAULT_SEED = 2026
DEMO_DECISIONS = 330  # of the default seed, with which `fondasi demo` begins
# How many levels each case climbs, dealt in turn; 11 and the 23 matters share no factor, so all pairs occur.
_DEPTHS = (4, 4, 3, 3, 2, 4, 3, 1, 2, 3, 1)
_CASSATION_DEPTH, _REVIEW_DEPTH = 3, 4
_FIRST_FILING, _FILING_SPAN = date(2017, 3, 1), 1700  # days
_PREPARE = {
    "criminal": criminal.prepare,
    "civil": civil.prepare,
    "religious": religious.prepare,
    "administrative": administrative.prepare,
}
_REGISTERS = {
    "civil": Registers("Pdt.G", "Pdt", "Pdt"),
    "religious": Registers("Pdt.G", "Pdt.G", "AG"),
    "administrative": Registers("G", "B", "TUN"),
}


def generate(count: int = 300, seed: int = DEFAULT_SEED) -> Iterator[DecisionDraft]:
    """Fictitious decisions, the same for the same arguments on every machine.

    Cases come one after another, each with all its decisions from first instance upwards, so a decision
    cites only decisions that came before it, and `generate(n)` is the beginning of `generate(m)` for n ≤ m.
    Numbers of the Supreme Court lie above the highest that it gives in a year, and every other court, place,
    person and company is invented, so nothing can be taken for a real decision. Statutes are real.

    The first 300 with the default seed, 8,000 to 24,000 characters each, filed from 2017 to 2021:

    ==============  =====  ======  =========  ======  =====
    domain          first  appeal  cassation  review  total
    ==============  =====  ======  =========  ======  =====
    criminal           44      31         27      11    113
    civil              24      20         16       7     67
    religious          29      25         20       8     82
    administrative     15      11          9       3     38
    all               112      87         72      29    300
    ==============  =====  ======  =========  ======  =====

    The 23 kinds of case (`library.MATTER_FILES`) have 10 to 16 decisions each. 49 decisions of the Supreme
    Court state a rule of law, which later decisions on related matters quote with its number.

    Args:
        count: How many decisions, ≥ 0.
        seed: Another seed tells other stories.

    Yields:
        Decisions with every field filled, `fictitious` true, saying so in their first and last lines.
    """
    return islice(_endless(seed), count)


def _endless(seed: int) -> Iterator[DecisionDraft]:
    # The demo has the first decisions of the default corpus: those of others can be imported beside them.
    taken = set() if seed == DEFAULT_SEED else {draft.case_number for draft in generate(DEMO_DECISIONS)}
    precedents: list[Precedent] = []
    for place in counter():
        kinds = matters()
        case = _new_case(Dice(f"{seed}/{place}"), kinds[place % len(kinds)], taken, precedents)
        yield from _climb(case, _DEPTHS[place % len(_DEPTHS)])
        precedents += [
            Precedent(draft.case_number, draft.pronounced_on, draft.legal_area, draft.rule_of_law)
            for draft in case.decisions
            if draft.level is CourtLevel.CASSATION and draft.rule_of_law and draft.pronounced_on
        ]


def _new_case(dice: Dice, matter: Matter, taken: set[str], precedents: list[Precedent]) -> Case:
    district = dice.pick(districts())
    near = [other for other in districts() if other.province == district.province and other is not district]
    registers = (
        Registers(*matter.raw["registers"]) if matter.domain == "criminal" else _REGISTERS[matter.domain]
    )
    case = Case(
        matter=matter,
        forum=Forum(_branch(matter), registers, district),
        dice=dice,
        filed_on=_FIRST_FILING + timedelta(days=dice.below(_FILING_SPAN)),
        values=new_district_values(dice, district, dice.pick(near)),
        taken=taken,
        precedents=precedents,
    )
    _draw_incident_date(case)
    _PREPARE[matter.domain](case)
    return case


def _draw_incident_date(case: Case) -> None:
    """Slot `tanggal`, when it happened: a marriage years ago, an official's decision weeks ago."""
    spans = {
        "administrative": (30, 80),
        "religious": (900, 5000),
        "civil": (300, 1500),
        "criminal": (70, 160),
    }
    case.values["tanggal"] = long_date(
        case.filed_on - timedelta(days=case.dice.between(*spans[case.matter.domain]))
    )


def _branch(matter: Matter) -> Branch:
    if matter.domain == "criminal":
        return CORRUPTION if matter.raw.get("corruption") else GENERAL
    return {"civil": GENERAL, "religious": RELIGIOUS, "administrative": ADMINISTRATIVE}[matter.domain]


def _climb(case: Case, depth: int) -> Iterator[DecisionDraft]:
    """The decisions of one case. An acquittal goes straight to cassation (Article 67 KUHAP)."""
    yield criminal.decide(case) if case.matter.domain == "criminal" else suits.decide(case)
    freed = case.rulings[-1].kind in {"bebas", "lepas"}
    if depth > 1 and not freed:
        yield appeal.decide(case)
    if depth >= _CASSATION_DEPTH:
        yield supreme.cassation(case)
    stands = case.matter.domain != "criminal" or case.rulings[-1].kind == "pidana"
    if depth >= _REVIEW_DEPTH and stands and not case.matter.raw.get("regional"):
        yield supreme.review(case)
