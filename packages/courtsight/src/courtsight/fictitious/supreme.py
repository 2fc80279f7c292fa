"""Cassation and review by the Supreme Court."""

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
from courtsight.fictitious.wording import long_date, numbered, rupiah, term

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft

_CONVICTED = (("tolak", 5), ("tolak perbaikan", 2), ("kabul", 2), ("tidak dapat diterima", 1))
_FREED = (("tolak", 6), ("kabul", 3), ("tidak dapat diterima", 1))
_SUIT = (("tolak", 6), ("kabul", 3), ("tidak dapat diterima", 1))
_REVIEW = (("tolak", 7), ("kabul", 3))
_COSTS = {Level.CASSATION: (2500, 500000), Level.REVIEW: (2500, 2500000)}  # criminal, other; rupiah


def cassation(case: Case) -> DecisionDraft:
    """The decision on cassation from the latest decision of the case."""
    if len(case.decisions) == 1:
        remember(case, 1)
    return _decide(case, Level.CASSATION)


def review(case: Case) -> DecisionDraft:
    """The decision on review of the cassation that is the latest decision of the case."""
    remember(case, 3)
    return _decide(case, Level.REVIEW)


def _decide(case: Case, level: Level) -> DecisionDraft:
    choose_petitioner(case, level)
    last = case.decisions[-1]
    assert last.pronounced_on is not None
    gap = (60, 120) if level is Level.CASSATION else (150, 320)
    draft = open_decision(case, level, last.pronounced_on + timedelta(days=case.dice.between(*gap)), (30, 150))
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
    title = "Kasasi" if level is Level.CASSATION else "Peninjauan kembali"
    draft.keywords = ["kasasi"] if level is Level.CASSATION else ["peninjauan kembali", "novum"]
    draft.abstract = case.fill(
        f"{title} {{pemohon}} dalam perkara mengenai {{inti}}. Permohonan terhadap putusan Nomor {{nomor_akhir}}: {outcome}."
    )
    return finish(case, draft, sections, ruling)


def _petition_dates(case: Case, level: Level) -> None:
    last = case.decisions[-1]
    assert last.pronounced_on is not None
    asked = last.pronounced_on + timedelta(days=case.dice.between(15, 40))
    case.values["tanggal_mohon"] = long_date(asked)
    case.values["tanggal_memori"] = long_date(asked + timedelta(days=case.dice.between(5, 13)))
    if level is Level.REVIEW:
        case.values["tanggal_novum"] = long_date(asked - timedelta(days=case.dice.between(3, 12)))
        case.values["novum"] = case.fill(case.dice.pick(frame("higher")["review"]["novum"]))


def _outcome(case: Case, level: Level) -> str:
    if level is Level.REVIEW:
        return case.dice.weighted(_REVIEW)
    if case.matter.raw.get("regional"):
        return "tidak dapat diterima"
    if is_criminal(case):
        return case.dice.weighted(_CONVICTED if case.rulings[-1].kind == "pidana" else _FREED)
    return case.dice.weighted(_SUIT)


def _rule(case: Case, level: Level, outcome: str) -> tuple[Ruling, list[str]]:
    """The orders, and the reasons that lead to them."""
    texts = frame("higher")[level.value]
    side = "criminal" if is_criminal(case) else "other"
    word = "kasasi" if level is Level.CASSATION else "peninjauan kembali"
    petitioner = f"Pemohon {word.title()}/{{pemohon}}"
    standing = case.rulings[-1]
    costs = f"biaya perkara pada pemeriksaan {word} sejumlah {rupiah(_COSTS[level][side == 'other'])}"
    name = "{terdakwa}" if is_criminal(case) else "{nama_pemohon}"
    if not is_criminal(case):
        own = "p" if case.values["pemohon"] == case.values["p"] else "t"
        case.values["nama_pemohon"] = case.values[f"nama_{own}"]
    if outcome == "tidak dapat diterima":
        late = "regional" if case.matter.raw.get("regional") else f"late_{side}"
        orders = [f"Menyatakan permohonan {word} dari {petitioner} tersebut tidak dapat diterima"]
        new, reasons = standing, case.fill_lines(texts[late])
    elif outcome == "tolak":
        orders = [f"Menolak permohonan {word} dari {petitioner} {name} tersebut"]
        new, reasons = standing, case.fill_lines(texts["refuse"])
        if level is Level.CASSATION:
            reasons[1] += f", {texts[f'limits_{side}']}"
    elif outcome == "tolak perbaikan":
        new, reasons = _other_sentence(case, standing), case.fill_lines(texts["improve"])
        orders = [
            f"Menolak permohonan kasasi dari {petitioner} tersebut",
            "Memperbaiki putusan {pengadilan_akhir} Nomor {nomor_akhir} mengenai pidana yang dijatuhkan, sehingga "
            f"berbunyi: {new.orders[1].rstrip(';')}",
        ]
    else:
        new, more = _granted(case, standing)
        reasons = case.fill_lines(texts["grant"]) + more
        orders = [
            f"Mengabulkan permohonan {word} dari {petitioner} {name} tersebut",
            "Membatalkan putusan {pengadilan_akhir} Nomor {nomor_akhir} tanggal {tanggal_akhir}",
            f"Mengadili {'sendiri' if level is Level.CASSATION else 'kembali'}: "
            + "; ".join(order.rstrip(";") for order in new.orders[:-1]),
        ]
    orders.append(_costs_order(case, new, costs))
    return Ruling(new.kind, tuple(case.fill(order) + ";" for order in orders), new.months, new.fine), reasons


def _costs_order(case: Case, standing: Ruling, costs: str) -> str:
    if is_criminal(case):
        free = standing.kind != "pidana"
        return f"Membebankan {costs} kepada {'negara' if free else case.values['terdakwa']}"
    payer = "{t}" if standing.kind == "kabul" else "{p}"
    return f"Menghukum {payer} membayar {costs}"


def _other_sentence(case: Case, standing: Ruling) -> Ruling:
    lighter = case.values["pemohon"] != "Penuntut Umum"
    change = max(1, standing.months // case.dice.between(3, 5))
    months = max(1, standing.months - change) if lighter else standing.months + change
    if months == standing.months:
        months += 1
    return Ruling("pidana", criminal.sentence_orders(case, months, standing.fine), months, standing.fine)


def _granted(case: Case, standing: Ruling) -> tuple[Ruling, list[str]]:
    """The new ruling when the petition succeeds, and the reasons of substance for it."""
    if not is_criminal(case):
        new = suits.ruling_of(case, flipped(standing.kind))
        return new, case.fill_lines(case.story["granted" if new.kind == "kabul" else "refused"])
    if standing.kind != "pidana":
        raw = case.matter.raw
        months, fine = case.dice.between(*raw["months"]), case.dice.between(*raw["fine"]) if "fine" in raw else 0
        applied = [case.fill(element["applied"]) for element in raw["elements"][1:]]
        new = Ruling("pidana", criminal.sentence_orders(case, months, fine), months, fine)
        reason = "semua unsur {pasal} telah terpenuhi dan Terdakwa terbukti melakukan tindak pidana {kualifikasi}"
        return new, [*applied, case.fill(reason)]
    accused = case.values["pemohon"] != "Penuntut Umum"
    if accused and case.matter.raw.get("civil_defence"):
        return Ruling("lepas", criminal.acquittal_orders(case, "lepas")), case.fill_lines(frame("criminal")["release"])
    new = _other_sentence(case, standing)
    return new, [f"pidana yang setimpal dengan perbuatan Terdakwa adalah pidana penjara selama {term(new.months)}"]


def _rule_of_law(case: Case, draft: DecisionDraft, outcome: str) -> None:
    """Part of the decisions state a rule; a refusal for lateness does not, a bar by statute does."""
    barred = bool(case.matter.raw.get("regional"))
    if barred or (outcome != "tidak dapat diterima" and case.dice.chance(0.65)):
        draft.rule_of_law = case.dice.pick(case.matter.rules)


def _history(case: Case, level: Level) -> str:
    texts = frame("higher")
    parts = [*case.fill_lines(texts["cassation"]["history"]), *claim_summary(case)]
    parts += [case.fill(texts["cassation"]["lower"]), orders_text(case.rulings[0]), *quoted_reasons(case, 0)]
    if "nomor_2" in case.values:
        parts += [case.fill(texts["cassation"]["upper"]), orders_text(case.rulings[1])]
    if level is Level.REVIEW:
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
    if level is Level.REVIEW:
        parts.append(numbered([f"Bahwa {reason};" for reason in case.fill_lines(texts[f"grounds_{side}"])]))
    else:
        parts.append(grounds(case, level))
    if outcome != "tidak dapat diterima":
        parts.insert(0, menimbang([case.fill(texts[f"formal_{side}"])]))
    parts.append("Menimbang, bahwa terhadap alasan-alasan tersebut Mahkamah Agung berpendapat sebagai berikut:")
    parts.append(menimbang(reasons))
    precedent = case.precedent(draft.deliberated_on)
    if precedent and outcome != "tidak dapat diterima":
        parts.append(menimbang([criminal.cite(precedent.number, precedent.pronounced_on, precedent.rule)]))
    if draft.rule_of_law:
        parts.append(f"Menimbang, bahwa dalam perkara ini berlaku kaidah: “{draft.rule_of_law}”;")
    parts.append(law(case, level))
    return "\n".join(parts)
