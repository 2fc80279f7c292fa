"""Appeals to the high courts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from courtsight.decisions.draft import CourtLevel, Section
from courtsight.fictitious import sentencing, suits
from courtsight.fictitious.case import Case, Ruling, closing, finish, menimbang, open_decision
from courtsight.fictitious.higher import (
    choose_petitioner,
    claim_summary,
    flipped,
    grounds,
    is_criminal,
    law,
    opening,
    orders_text,
    quoted_reasons,
    remember,
)
from courtsight.fictitious.library import frame
from courtsight.fictitious.wording import numbered, rupiah, term

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft

_OUTCOMES_CRIMINAL = (("menguatkan", 5), ("mengubah", 4))
_OUTCOMES_SUIT = (("menguatkan", 6), ("membatalkan", 4))

_SHORTEST = 2  # months
_HEAVIER = "[[belum setimpal dengan akibat perbuatan Terdakwa|belum menimbulkan efek jera]]"
_LIGHTER = "terlalu berat dibandingkan dengan [[kadar kesalahan Terdakwa|akibat yang ditimbulkannya]]"


def decide(case: Case) -> DecisionDraft:
    """The decision on appeal from the latest decision of the case, which is of first instance."""
    remember(case, 1)
    choose_petitioner(case, CourtLevel.APPEAL)
    first = case.decisions[-1]
    assert first.pronounced_on is not None
    filed = first.pronounced_on + timedelta(days=case.dice.between(25, 70))
    draft = open_decision(case, CourtLevel.APPEAL, filed, (20, 75))
    sections = opening(case, draft, CourtLevel.APPEAL)
    outcome = case.dice.weighted(_OUTCOMES_CRIMINAL if is_criminal(case) else _OUTCOMES_SUIT)
    ruling, reasons = _rule(case, outcome)
    texts = frame("higher")["appeal"]
    sections[Section.CASE_HISTORY] = "\n".join(
        [
            *case.fill_lines(texts["history"]),
            *claim_summary(case),
            case.fill(texts["lower"]),
            orders_text(case.rulings[-1]),
            *quoted_reasons(case, 0),
            case.fill(texts["petition"]),
        ]
    )
    formal = f"formal_{'criminal' if is_criminal(case) else case.matter.domain}"
    sections[Section.CONSIDERATIONS] = "\n".join(
        [
            menimbang([texts[formal]]),
            case.fill(texts["grounds_intro"]),
            grounds(case, CourtLevel.APPEAL),
            case.fill(texts["answer"]),
            menimbang(case.fill_lines(texts["weigh"])),
            menimbang(reasons),
            law(case, CourtLevel.APPEAL),
        ]
    )
    sections[Section.VERDICT] = f"MENGADILI:\n{numbered(ruling.orders)}"
    sections[Section.CLOSING] = closing(case, draft, "appeal")
    draft.outcome = outcome
    draft.outcome_other = ruling.kind
    draft.outcome_note = " ".join(ruling.orders[:2])
    verb = {"menguatkan": "dikuatkan", "mengubah": "diubah", "membatalkan": "dibatalkan"}[outcome]
    draft.abstract = case.fill(frame("orders")["higher"]["appeal_abstract"], hasil=verb)
    finish(case, draft, sections, ruling)
    remember(case, 2)
    return draft


def _rule(case: Case, outcome: str) -> tuple[Ruling, list[str]]:
    """The orders, and the reasons that lead to them."""
    phrases = frame("orders")["higher"]
    reference = case.fill(phrases["reference"])
    if outcome == "menguatkan":
        new, reasons = case.rulings[-1], case.fill_lines(frame("higher")["appeal"]["uphold"])
        middle = [case.fill(phrases["appeal_uphold"], rujukan=reference)]
    elif outcome == "mengubah":
        new, reasons = _other_term(case)
        order = sentencing.prison_order(case, new.months, new.fine)
        middle = [case.fill(phrases["appeal_change"], rujukan=reference, bunyi=order)]
    else:
        new = suits.ruling_of(case, flipped(case.rulings[-1].kind))
        reasons = case.fill_lines(frame("higher")["appeal"]["annul"])
        reasons += case.fill_lines(case.story["granted" if new.kind == "kabul" else "refused"])
        own = "; ".join(order.rstrip(";") for order in new.orders[:-1])
        middle = [
            case.fill(phrases["appeal_annul"], rujukan=reference),
            case.fill(phrases["appeal_own"], bunyi=own),
        ]
    orders = [case.fill(phrases["appeal_accept"]), *middle, _costs(case, new)]
    return Ruling(new.kind, tuple(f"{order};" for order in orders), new.months, new.fine), reasons


def _other_term(case: Case) -> tuple[Ruling, list[str]]:
    """Another prison term than at first instance, never less than two months."""
    standing = case.rulings[-1]
    shift = case.dice.pick((-6, -4, -2, 2, 4, 6, 12))
    months = standing.months + (shift if standing.months + shift >= _SHORTEST else abs(shift))
    adverb = _HEAVIER if months > standing.months else _LIGHTER
    reasons = case.fill_lines(frame("higher")["appeal"]["change"], berat_ringan=adverb)
    reasons.append(case.fill(frame("orders")["higher"]["appeal_months"], lama=term(months)))
    return Ruling(standing.kind, (), months, standing.fine), reasons


def _costs(case: Case, ruling: Ruling) -> str:
    if is_criminal(case):
        amount, payer = case.dice.pick((2500, 5000)), "Terdakwa"
    else:
        amount = case.dice.pick((150000, 250000))
        payer = case.values["t"] if ruling.kind == "kabul" else case.values["p"]
    return case.fill(
        frame("orders")["higher"]["costs"], upaya="banding", biaya=rupiah(amount), pembayar=payer
    )
