"""First-instance decisions between two parties; civil, religious and administrative rooms set the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtsight.decisions.draft import CourtLevel, Section
from courtsight.fictitious.case import (
    Case,
    Ruling,
    bahwa,
    cite,
    closing,
    finish,
    full_court,
    header,
    menimbang,
    open_decision,
    printed,
)
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import frame
from courtsight.fictitious.wording import lines, numbered, rupiah

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtsight.decisions.draft import DecisionDraft

# How often a claim succeeds, fails, or is not admitted.
_KINDS = (("kabul", 11), ("tolak", 5), ("tidak dapat diterima", 3))
_DIVORCE_KINDS = (("kabul", 14), ("tolak", 2), ("tidak dapat diterima", 1))
_LAND_INSPECTED = {"sengketa tanah", "sertifikat tanah", "perbuatan melawan hukum", "waris", "waris Islam"}


def decide(case: Case) -> DecisionDraft:
    """The first-instance decision."""
    draft = open_decision(case, CourtLevel.FIRST_INSTANCE, case.filed_on, (60, 210))
    case.values |= {
        "pengadilan": full_court(case, draft),
        "nomor": printed_number(draft.case_number),
        "tanggal_daftar": printed(draft.registered_on),
    }
    ruling = first_ruling(case)
    religious = case.matter.domain == "religious"
    texts = frame("suit")["frame"]
    intro = case.fill(frame("suit")["intro"][case.matter.domain], bidang=case.matter.legal_area)
    sections = {
        Section.HEADER: header(draft, intro, religious=religious),
        Section.IDENTITY: _identity(case),
        Section.CASE_HISTORY: _claim(case, texts),
        Section.FACTS: _evidence(case, texts),
        Section.LEGAL_FACTS: "\n".join(
            [case.fill(texts["facts"]), bahwa(case.fill_lines(case.story["facts"]))]
        ),
        Section.CONSIDERATIONS: _considerations(case, texts, ruling, draft),
        Section.VERDICT: verdict_text(ruling),
        Section.CLOSING: closing(case, draft, "first", case.fill("kuasa {p} dan [[kuasa {t}|{t}]]")),
    }
    _metadata(case, draft, ruling)
    return finish(case, draft, sections, ruling)


def verdict_text(ruling: Ruling) -> str:
    """`MENGADILI:` and the numbered orders."""
    return f"MENGADILI:\n{numbered(ruling.orders)}"


def first_ruling(case: Case) -> Ruling:
    """Draw the outcome at first instance."""
    divorce = case.matter.legal_area in {"cerai gugat", "cerai talak", "isbat nikah"}
    return ruling_of(case, case.dice.weighted(_DIVORCE_KINDS if divorce else _KINDS))


def ruling_of(case: Case, kind: str) -> Ruling:
    """The orders for an outcome of the claim: kabul, tolak or tidak dapat diterima."""
    texts = frame("orders")["suit"]
    if kind == "kabul":
        orders = [texts["kabul_first"], *lines(case.story["verdict"]), texts["kabul_last"]]
    else:
        orders = list(texts["tolak" if kind == "tolak" else "inadmissible"])
    filled = [case.fill(order) for order in orders]
    payer = case.values["t"] if kind == "kabul" and not _marriage(case) else case.values["p"]
    costs = rupiah(case.dice.between(300, 3200) * 1000)
    filled.append(case.fill(texts["costs"], pembayar=payer, biaya=costs))
    return Ruling(kind, tuple(f"{order};" for order in filled))


def _marriage(case: Case) -> bool:
    return case.matter.domain == "religious" and "waris" not in case.matter.legal_area


def _identity(case: Case) -> str:
    rows = []
    for party, key in zip(case.parties, ("p", "t"), strict=True):
        counsel = case.fill(frame("orders")["suit"]["counsel"], kuasa=case.values[f"kuasa_{key}"])
        rows.append(f"{party.name}, {case.values['ciri_' + key]}, {counsel}, disebut sebagai {party.role};")
    return f"{rows[0]}\nMelawan\n{rows[1]}"


def _claim(case: Case, texts: dict[str, Any]) -> str:
    case.events = case.fill_lines(case.story["posita"])
    mediation = "mediation_administrative" if case.matter.domain == "administrative" else "mediation_civil"
    petitum = [f"{item};" for item in case.fill_lines(case.story["petitum"])]
    answer = [
        case.fill(texts["answer"]),
        case.fill(texts["exception"], eksepsi=case.story["exception"]),
        bahwa(case.fill_lines(case.story["denial"])),
        case.fill(texts["answer_close"]),
    ]
    return "\n".join(
        [
            *case.fill_lines(texts["history"]),
            numbered([f"Bahwa {event};" for event in case.events]),
            case.fill(texts["petitum"]),
            numbered(petitum),
            texts["subsidiary"],
            case.fill(texts[mediation]),
            *answer,
            case.fill(texts["replies"]),
            *_replies(case),
        ]
    )


def _replies(case: Case) -> list[str]:
    """Reply and rejoinder at length, in about half of the cases."""
    if case.dice.chance(0.5):
        return []
    texts = frame("pleadings")
    parts: list[str] = []
    for intro, points in (("reply_intro", "replies"), ("rejoinder_intro", "rejoinders")):
        chosen = case.dice.sample(lines(texts[points]), case.dice.between(2, 4))
        parts += [case.fill(texts[intro]), bahwa([case.fill(point) for point in chosen])]
    return parts


def _evidence(case: Case, texts: dict[str, Any]) -> str:
    parts: list[str] = []
    for side, letter, names in (("p", "P", ("saksi_a", "saksi_b")), ("t", "T", ("saksi_d",))):
        exhibits = case.story[f"proof_{side}"]
        parts.append(case.fill(texts[f"proof_{side}"]))
        parts.append(
            "\n".join(
                f"- Bukti {letter}-{place}: {case.fill(item)};" for place, item in enumerate(exhibits, 1)
            )
        )
        says = case.fill_lines(case.story[f"witness_{side}"])
        for name in names:
            role = "{" + side + "}"
            intro = case.fill(texts["witness"], pihak=role, saksi=case.values[name])
            kept = says if name != "saksi_b" else case.dice.sample(says, len(says) - 1)
            parts += [intro, bahwa(kept)]
    if case.matter.legal_area in _LAND_INSPECTED:
        parts.append(case.fill(texts["inspection"]))
    parts.append(texts["conclusion"])
    return "\n".join(parts)


def _considerations(case: Case, texts: dict[str, Any], ruling: Ruling, draft: DecisionDraft) -> str:
    domain, story = case.matter.domain, case.story
    reasons = {"kabul": "granted", "tolak": "refused", "tidak dapat diterima": "inadmissible"}[ruling.kind]
    merits = ruling.kind != "tidak dapat diterima"
    parts = [menimbang(case.fill_lines(texts["aim"]))]
    if domain == "administrative":
        parts.append(menimbang(lines(texts["standing_administrative"])))
    if merits:
        parts += ["Dalam Eksepsi:", menimbang([case.fill(texts["exception_no"], eksepsi=story["exception"])])]
        parts += ["Dalam Pokok Perkara:", menimbang([case.fill(texts[f"burden_{domain}"])])]
        parts.append(menimbang(case.fill_lines(texts["proof_value"])))
    assert draft.deliberated_on is not None
    precedent = case.precedent(draft.deliberated_on) if case.dice.chance(0.5) else None
    if precedent:
        parts.append(menimbang([cite(case, precedent)]))
    parts.append(menimbang(case.fill_lines(story[reasons])))
    parts.append(menimbang([case.fill(texts[ruling.kind if merits else "inadmissible"])]))
    parts.append(menimbang([case.fill(texts["costs"], pembebanan=_costs(case, ruling))]))
    parts.append(f"Mengingat, {heeding(case.matter.raw['articles'], domain)};")
    return "\n".join(parts)


def heeding(articles: Sequence[str], domain: str) -> str:
    """The statutes that the decision rests on."""
    return f"{', '.join(articles)}, {frame('suit')['law'][domain]}, serta peraturan lain yang berkaitan"


def _costs(case: Case, ruling: Ruling) -> str:
    texts = frame("orders")["suit"]
    loser = case.values["t"] if ruling.kind == "kabul" else case.values["p"]
    if _marriage(case):
        return case.fill(texts["costs_marriage"])
    administrative = case.matter.domain == "administrative"
    return case.fill(texts["costs_administrative" if administrative else "costs_other"], pembayar=loser)


def _metadata(case: Case, draft: DecisionDraft, ruling: Ruling) -> None:
    draft.outcome = ruling.kind
    draft.outcome_other = "kabul sebagian" if ruling.kind == "kabul" else ""
    draft.outcome_note = " ".join(ruling.orders[:2])
    verdict = {
        "kabul": "dikabulkan sebagian",
        "tolak": "ditolak",
        "tidak dapat diterima": "dinyatakan tidak dapat diterima",
    }[ruling.kind]
    draft.abstract = case.fill(
        frame("orders")["suit"]["abstract"], bidang=case.matter.legal_area, hasil=verdict
    )
