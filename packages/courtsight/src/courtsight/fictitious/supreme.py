"""Cassation and review by the Supreme Court."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from courtsight.decisions.draft import CourtLevel, Section
from courtsight.fictitious import sentencing, suits
from courtsight.fictitious.case import Case, Ruling, cite, closing, finish, menimbang, open_decision
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
from courtsight.fictitious.wording import long_date, numbered, rupiah, term

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft

_CONVICTED = (("tolak", 5), ("tolak perbaikan", 2), ("kabul", 2), ("tidak dapat diterima", 1))
_FREED = (("tolak", 6), ("kabul", 3), ("tidak dapat diterima", 1))
_SUIT = (("tolak", 6), ("kabul", 3), ("tidak dapat diterima", 1))
_REVIEW = (("tolak", 7), ("kabul", 3))
# Rupiah: in criminal cases, in others.
_COSTS = {CourtLevel.CASSATION: (2500, 500000), CourtLevel.REVIEW: (2500, 2500000)}


def cassation(case: Case) -> DecisionDraft:
    """The decision on cassation from the latest decision of the case."""
    if len(case.decisions) == 1:
        remember(case, 1)
    return _decide(case, CourtLevel.CASSATION)


def review(case: Case) -> DecisionDraft:
    """The decision on review of the cassation that is the latest decision of the case."""
    remember(case, 3)
    return _decide(case, CourtLevel.REVIEW)


def _decide(case: Case, level: CourtLevel) -> DecisionDraft:
    choose_petitioner(case, level)
    last = case.decisions[-1]
    assert last.pronounced_on is not None
    gap = (60, 120) if level is CourtLevel.CASSATION else (150, 320)
    draft = open_decision(
        case, level, last.pronounced_on + timedelta(days=case.dice.between(*gap)), (30, 150)
    )
    sections = opening(case, draft, level)
    _petition_dates(case, level)
    outcome = _outcome(case, level)
    ruling, reasons = _rule(case, level, outcome)
    _rule_of_law(case, draft, outcome)
    sections[Section.CASE_HISTORY] = _history(case, level)
    sections[Section.CONSIDERATIONS] = _considerations(case, draft, outcome, reasons)
    sections[Section.VERDICT] = f"MENGADILI:\n{numbered(ruling.orders)}"
    sections[Section.CLOSING] = closing(case, draft, "supreme")
    draft.outcome = outcome
    draft.outcome_other = ruling.kind if outcome == "kabul" else ""
    draft.outcome_note = " ".join(ruling.orders[:2])
    title = "Kasasi" if level is CourtLevel.CASSATION else "Peninjauan kembali"
    draft.keywords = ["kasasi"] if level is CourtLevel.CASSATION else ["peninjauan kembali", "novum"]
    draft.abstract = case.fill(frame("orders")["higher"]["abstract"], judul=title, hasil=outcome)
    return finish(case, draft, sections, ruling)


def _petition_dates(case: Case, level: CourtLevel) -> None:
    last = case.decisions[-1]
    assert last.pronounced_on is not None
    asked = last.pronounced_on + timedelta(days=case.dice.between(15, 40))
    case.values["tanggal_mohon"] = long_date(asked)
    case.values["tanggal_memori"] = long_date(asked + timedelta(days=case.dice.between(5, 13)))
    if level is CourtLevel.REVIEW:
        case.values["tanggal_novum"] = long_date(asked - timedelta(days=case.dice.between(3, 12)))
        case.values["novum"] = case.fill(case.dice.pick(frame("higher")["review"]["novum"]))


def _outcome(case: Case, level: CourtLevel) -> str:
    if level is CourtLevel.REVIEW:
        return case.dice.weighted(_REVIEW)
    if case.matter.raw.get("regional"):
        return "tidak dapat diterima"
    if is_criminal(case):
        return case.dice.weighted(_CONVICTED if case.rulings[-1].kind == "pidana" else _FREED)
    return case.dice.weighted(_SUIT)


def _rule(case: Case, level: CourtLevel, outcome: str) -> tuple[Ruling, list[str]]:
    """The orders, and the reasons that lead to them."""
    texts, phrases = frame("higher")[level.value], frame("orders")["higher"]
    standing = case.rulings[-1]
    slots = {
        "upaya": "kasasi" if level is CourtLevel.CASSATION else "peninjauan kembali",
        "pemohon_lengkap": _petitioner(case, level),
        "rujukan": case.fill(phrases["reference"]),
    }
    if outcome == "tidak dapat diterima":
        new, reasons = standing, case.fill_lines(texts[_why_inadmissible(case)])
        orders = [phrases["late"]]
    elif outcome == "tolak":
        new, reasons = standing, _refusal(case, level)
        orders = [phrases["refuse"]]
    elif outcome == "tolak perbaikan":
        new, reasons = _other_sentence(case, standing), case.fill_lines(texts["improve"])
        slots["bunyi"] = new.orders[1].rstrip(";")
        orders = [phrases["refuse"], phrases["improve"]]
    else:
        new, more = _granted(case, standing)
        reasons = case.fill_lines(texts["grant"]) + more
        slots["cara"] = "Mengadili sendiri" if level is CourtLevel.CASSATION else "Mengadili kembali"
        slots["bunyi"] = "; ".join(order.rstrip(";") for order in new.orders[:-1])
        orders = [phrases["grant"], phrases["annul"], phrases["own"]]
    slots |= _costs(case, level, new)
    filled = tuple(case.fill(order, **slots) + ";" for order in (*orders, phrases["costs"]))
    return Ruling(new.kind, filled, new.months, new.fine), reasons


def _petitioner(case: Case, level: CourtLevel) -> str:
    """`Pemohon Kasasi/Tergugat Banyu Wanaraga`, or the prosecutor of the place."""
    role = "Pemohon Kasasi" if level is CourtLevel.CASSATION else "Pemohon Peninjauan Kembali"
    word = case.values["pemohon"]
    if word == "Penuntut Umum":
        return f"{role}/{word} pada Kejaksaan Negeri {case.forum.district.name}"
    if is_criminal(case):
        return f"{role}/{word} {case.values['terdakwa']}"
    return f"{role}/{word} {case.values['nama_p' if word == case.values['p'] else 'nama_t']}"


def _why_inadmissible(case: Case) -> str:
    if case.matter.raw.get("regional"):
        return "regional"
    return "late_criminal" if is_criminal(case) else "late_other"


def _refusal(case: Case, level: CourtLevel) -> list[str]:
    """Reasons for a refusal; in cassation the second names the article that limits it."""
    texts = frame("higher")[level.value]
    reasons = case.fill_lines(texts["refuse"])
    if level is CourtLevel.CASSATION:
        reasons[1] += f", {texts['limits_criminal' if is_criminal(case) else 'limits_other']}"
    return reasons


def _costs(case: Case, level: CourtLevel, standing: Ruling) -> dict[str, str]:
    if is_criminal(case):
        payer = case.values["terdakwa"] if standing.kind == "pidana" else "negara"
    else:
        payer = case.values["t"] if standing.kind == "kabul" else case.values["p"]
    return {"biaya": rupiah(_COSTS[level][not is_criminal(case)]), "pembayar": payer}


def _other_sentence(case: Case, standing: Ruling) -> Ruling:
    lighter = case.values["pemohon"] != "Penuntut Umum"
    change = max(1, standing.months // case.dice.between(3, 5))
    months = standing.months - change if lighter and standing.months > change else standing.months + change
    return sentencing.conviction(case, months, standing.fine)


def _granted(case: Case, standing: Ruling) -> tuple[Ruling, list[str]]:
    """The new ruling when the petition succeeds, and the reasons of substance for it."""
    phrases = frame("orders")["higher"]
    if not is_criminal(case):
        new = suits.ruling_of(case, flipped(standing.kind))
        return new, case.fill_lines(case.story["granted" if new.kind == "kabul" else "refused"])
    if standing.kind != "pidana":
        applied = [case.fill(element["applied"]) for element in case.matter.raw["elements"][1:]]
        return sentencing.conviction(case, *sentencing.draw_sentence(case)), [
            *applied,
            case.fill(phrases["proven"]),
        ]
    accused = case.values["pemohon"] != "Penuntut Umum"
    if accused and case.story.get("civil_defence"):
        return sentencing.freedom(case, "lepas"), case.fill_lines(frame("criminal")["release"])
    new = _other_sentence(case, standing)
    return new, [case.fill(phrases["fitting"], lama=term(new.months))]


def _rule_of_law(case: Case, draft: DecisionDraft, outcome: str) -> None:
    """Part of the decisions state a rule; a refusal for lateness does not, a bar by statute does."""
    barred = bool(case.matter.raw.get("regional"))
    likely = (
        0.7
        if draft.level is CourtLevel.CASSATION and outcome != "tidak dapat diterima"
        else 0.5 * (outcome == "kabul")
    )
    if barred or case.dice.chance(likely):
        draft.rule_of_law = case.dice.pick(case.matter.rules)


def _history(case: Case, level: CourtLevel) -> str:
    texts = frame("higher")
    parts = [*case.fill_lines(texts["cassation"]["history"]), *claim_summary(case)]
    parts += [case.fill(texts["cassation"]["lower"]), orders_text(case.rulings[0]), *quoted_reasons(case, 0)]
    if "nomor_2" in case.values:
        parts += [
            case.fill(texts["cassation"]["upper"]),
            orders_text(case.rulings[1]),
            *quoted_reasons(case, 1),
        ]
    if level is CourtLevel.REVIEW:
        parts += [case.fill(texts["review"]["last"]), orders_text(case.rulings[-1])]
        parts += quoted_reasons(case, len(case.decisions) - 1)
    parts.append(case.fill(texts[level.value]["petition"]))
    return "\n".join(parts)


def _considerations(case: Case, draft: DecisionDraft, outcome: str, reasons: list[str]) -> str:
    assert draft.level is not None
    assert draft.deliberated_on is not None
    level, side = draft.level, "criminal" if is_criminal(case) else "other"
    texts = frame("higher")[level.value]
    parts = [case.fill(texts["grounds_intro"])]
    if level is CourtLevel.REVIEW:
        parts.append(numbered([f"Bahwa {reason};" for reason in case.fill_lines(texts[f"grounds_{side}"])]))
    else:
        parts.append(grounds(case, level))
    if outcome != "tidak dapat diterima":
        parts.insert(0, menimbang([case.fill(texts[f"formal_{side}"])]))
    parts.append(
        "Menimbang, bahwa terhadap alasan-alasan tersebut Mahkamah Agung berpendapat sebagai berikut:"
    )
    parts.append(menimbang(reasons))
    precedent = case.precedent(draft.deliberated_on)
    if precedent and outcome != "tidak dapat diterima":
        parts.append(menimbang([cite(case, precedent)]))
    if draft.rule_of_law:
        parts.append(case.fill(frame("orders")["higher"]["rule"], kaidah=draft.rule_of_law))
    parts.append(law(case, level))
    return "\n".join(parts)
