"""Appeals to the high courts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from courtsight.decisions.draft import Level, Section
from courtsight.fictitious import criminal, suits
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


def decide(case: Case) -> DecisionDraft:
    """The decision on appeal from the latest decision of the case, which is of first instance."""
    remember(case, 1)
    choose_petitioner(case, Level.APPEAL)
    first = case.decisions[-1]
    assert first.pronounced_on is not None
    filed = first.pronounced_on + timedelta(days=case.dice.between(25, 70))
    draft = open_decision(case, Level.APPEAL, filed, (20, 75))
    sections = opening(case, draft, Level.APPEAL)
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
            grounds(case, Level.APPEAL),
            case.fill(texts["answer"]),
            menimbang(case.fill_lines(texts["weigh"])),
            menimbang(reasons),
            law(case, Level.APPEAL),
        ]
    )
    sections[Section.VERDICT] = f"MENGADILI:\n{numbered(ruling.orders)}"
    sections[Section.CLOSING] = closing(case, draft, "appeal")
    draft.outcome = outcome
    draft.outcome_other = ruling.kind
    draft.outcome_note = " ".join(ruling.orders[:2])
    verb = {"menguatkan": "dikuatkan", "mengubah": "diubah", "membatalkan": "dibatalkan"}[outcome]
    draft.abstract = case.fill(
        "Banding {pemohon} dalam perkara mengenai {inti}. Putusan {pengadilan_1} Nomor {nomor_1} {hasil}.", hasil=verb
    )
    finish(case, draft, sections, ruling)
    remember(case, 2)
    return draft


def _rule(case: Case, outcome: str) -> tuple[Ruling, list[str]]:
    texts = frame("higher")["appeal"]
    standing = case.rulings[-1]
    accept = "Menerima permohonan banding dari {pemohon}"
    costs = f"biaya perkara dalam tingkat banding sejumlah {rupiah(case.dice.pick((2500, 5000, 150000, 250000)))}"
    payer = "Membebankan kepada Terdakwa" if is_criminal(case) else "Menghukum {pembayar} membayar"
    reference = "putusan {pengadilan_1} Nomor {nomor_1} tanggal {tanggal_1}"
    if outcome == "menguatkan":
        kind, months, fine = standing.kind, standing.months, standing.fine
        middle = [f"Menguatkan {reference} yang dimohonkan banding tersebut"]
        reasons = case.fill_lines(texts["uphold"])
    elif outcome == "mengubah":
        kind, fine = standing.kind, standing.fine
        months = max(2, standing.months + case.dice.pick((-6, -4, -2, 2, 4, 6, 12)))
        months = standing.months + 2 if months == standing.months else months
        changed = case.fill(criminal.sentence_orders(case, months, fine)[1]).rstrip(";")
        middle = [f"Mengubah {reference} sekadar mengenai pidana yang dijatuhkan, sehingga berbunyi: {changed}"]
        reasons = case.fill_lines(texts["change"])
        reasons.append(f"pidana yang patut dijatuhkan kepada Terdakwa adalah pidana penjara selama {term(months)}")
    else:
        new = suits.ruling_of(case, flipped(standing.kind))
        kind, months, fine = new.kind, 0, 0
        middle = [f"Membatalkan {reference} dan dengan mengadili sendiri:", *(o.rstrip(";") for o in new.orders[:-1])]
        reasons = case.fill_lines(texts["annul"]) + case.fill_lines(
            case.story["granted" if kind == "kabul" else "refused"]
        )
    if not is_criminal(case):
        case.values["pembayar"] = case.values["t"] if kind == "kabul" else case.values["p"]
    orders = [accept, *middle, f"{payer} {costs}"]
    return Ruling(kind, tuple(case.fill(order) + ";" for order in orders), months, fine), reasons
