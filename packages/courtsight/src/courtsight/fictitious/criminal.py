"""First-instance criminal decisions: from the accused's identity to the sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtsight.decisions.draft import CourtLevel, Party, Section
from courtsight.fictitious import names, sentencing
from courtsight.fictitious.case import (
    Case,
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
from courtsight.fictitious.wording import counted, lines, long_date, numbered, term, weekday_date

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft
    from courtsight.fictitious.case import Ruling

_FOUND_OUT_LATER = {"penggelapan", "penipuan", "korupsi", "pemalsuan surat"}
_RELIGIONS = (("Islam", 6), ("Kristen", 2), ("Katolik", 1), ("Hindu", 1), ("Buddha", 1))


def prepare(case: Case) -> None:
    """Invent the accused, the people around the crime and the story."""
    dice, values, raw = case.dice, case.values, case.matter.raw
    male = dice.chance(0.8)
    values["terdakwa"] = names.man(dice) if male else names.woman(dice)
    values["kelamin"] = "Laki-laki" if male else "Perempuan"
    values["korban"], values["rekan"] = names.person(dice), names.person(dice)
    values["pekerjaan"] = raw.get("job") or dice.pick(frame("criminal")["jobs"])
    values["jaksa"], values["penasihat"] = names.jurist(dice), names.jurist(dice)
    caught = raw["legal_area"] not in _FOUND_OUT_LATER
    happened = case.filed_on - timedelta(days=dice.between(64, 67) if caught else dice.between(200, 540))
    first_hour, last_hour = raw.get("hours", (7, 20))
    values["jam"] = f"{dice.between(first_hour, last_hour):02d}.{dice.between(0, 55, 5):02d}"
    values["agama"] = dice.weighted(_RELIGIONS)
    age = dice.between(20, 57)
    born = date(happened.year - age, dice.between(1, 12), dice.between(1, 28))
    values |= {
        "umur_terdakwa": str(age if (happened.month, happened.day) >= (born.month, born.day) else age - 1),
        "lahir": long_date(born),
        "tanggal": long_date(happened),
        "hari_tanggal": weekday_date(happened),
        "tahun_kejadian": str(happened.year),
        "pokok": "perbuatan Terdakwa {inti}",
        "pasal": raw["article"],
        "pasal_lain": raw["alternative"],
        "kualifikasi": raw["qualification"],
    }
    story = dice.pick(raw["stories"])
    case.story = {"witnesses": story["witnesses"], **story["text"]}
    case.draw_slots(story["slots"], story["money"])
    values["barang_bukti"] = "; ".join(case.story["evidence"])
    values["inti"] = case.fill(case.story["inti"])
    case.events = case.fill_lines(case.story["events"])
    case.parties = [Party("Terdakwa", values["terdakwa"]), Party("Penuntut Umum", values["jaksa"])]


def decide(case: Case) -> DecisionDraft:
    """The first-instance decision."""
    draft = open_decision(case, CourtLevel.FIRST_INSTANCE, case.filed_on, (40, 80))
    texts = frame("criminal")
    case.values |= {
        "pengadilan": full_court(case, draft),
        "nomor": printed_number(draft.case_number),
        "tanggal_daftar": printed(draft.registered_on),
        "tahun": str(draft.year),
    }
    counsel = case.dice.pick(texts["counsel"])
    case.values["dan_penasihat"] = "dan Penasihat Hukumnya " if "didampingi oleh Penasihat" in counsel else ""
    ruling = sentencing.first_ruling(case)
    sections = {
        Section.HEADER: header(draft, case.fill(texts["intro"]), religious=False),
        Section.IDENTITY: "\n".join(case.fill_lines(texts["identity"])),
        Section.DETENTION: _detention(case, texts),
        Section.CASE_HISTORY: "\n".join([case.fill(counsel), *case.fill_lines(texts["history"])]),
        Section.DEMAND: _demand(case, texts),
        Section.INDICTMENT: _indictment(case, texts),
        Section.FACTS: _evidence(case, texts),
        Section.LEGAL_FACTS: _legal_facts(case, texts, ruling),
        Section.CONSIDERATIONS: _considerations(case, texts, ruling, draft),
        Section.VERDICT: f"MENGADILI:\n{numbered(ruling.orders)}",
        Section.CLOSING: closing(
            case, draft, "first", case.fill("Penuntut Umum {jaksa}, dan Terdakwa {dan_penasihat}").strip()
        ),
    }
    _metadata(case, draft, ruling)
    return finish(case, draft, sections, ruling)


def _detention(case: Case, texts: dict[str, Any]) -> str:
    if case.dice.chance(0.12):
        return "\n".join(case.fill_lines(texts["free"]))
    start = case.filed_on - timedelta(days=62)
    spans = (20, 30, 12, 30, 60)
    dates: dict[str, str] = {}
    for place, days in enumerate(spans):
        dates[f"tahan_{2 * place + 1}"] = long_date(start)
        dates[f"tahan_{2 * place + 2}"] = long_date(start + timedelta(days=days - 1))
        start += timedelta(days=days)
    case.values["tanggal_tangkap"] = long_date(case.filed_on - timedelta(days=63))
    return "\n".join(case.fill_lines(texts["detained"], **dates))


def _demand(case: Case, texts: dict[str, Any]) -> str:
    demands = frame("orders")["criminal"]["demands"]
    return "\n".join(
        [
            case.fill(texts["demand_intro"]),
            numbered([case.fill(demand) + ";" for demand in demands]),
            case.fill(case.dice.pick(texts["defence"])),
            *_plea(case),
            texts["reply"],
        ]
    )


def _plea(case: Case) -> list[str]:
    """The written plea in about half of the cases; the considerations answer it."""
    case.story["pleads"] = case.dice.chance(0.5)
    if not case.story["pleads"]:
        return []
    texts = frame("pleadings")
    points = case.dice.sample(lines(texts["plea"]), case.dice.between(3, 7))
    return [texts["plea_intro"], numbered([f"Bahwa {case.fill(point)};" for point in points])]


def _indictment(case: Case, texts: dict[str, Any]) -> str:
    return "\n".join(
        [
            case.fill(texts["indictment_intro"]),
            "KESATU:",
            case.fill(texts["indictment_first"]),
            bahwa(case.events),
            case.fill(texts["indictment_close"]),
            "ATAU",
            "KEDUA:",
            case.fill(texts["indictment_second"]),
            case.fill(texts["objection"]),
        ]
    )


def _evidence(case: Case, texts: dict[str, Any]) -> str:
    parts = [case.fill(texts["witness_intro"])]
    more = lines(texts["witness_more"])
    for place, witness in enumerate(case.story["witnesses"], 1):
        name = case.values[witness["who"]]
        says = case.fill_lines(witness["says"]) + case.dice.sample(more, case.dice.between(1, 3))
        parts += [f"{place}. Saksi {name}:", bahwa(says), case.dice.pick(texts["witness_close"])]
    if "expert" in case.matter.raw:
        parts.append(case.fill(texts["expert"], ahli=case.matter.raw["expert"]))
    elif case.matter.legal_area in {"penganiayaan", "lalu lintas"}:
        parts.append(
            case.fill(texts["expert"], ahli="bukti surat berupa visum et repertum atas nama {korban}")
        )
    parts += [
        texts["accused_intro"],
        bahwa(case.fill_lines(case.story["accused"])),
        case.fill(case.dice.pick(texts["relief"])),
        texts["exhibits"],
        numbered([case.fill(item) + ";" for item in case.story["evidence"]]),
    ]
    return "\n".join(parts)


def _legal_facts(case: Case, texts: dict[str, Any], ruling: Ruling) -> str:
    """What happened as charged; before an acquittal only its beginning and what speaks against the proof."""
    doubts = [case.events[0], *case.fill_lines(texts["doubtful_facts"])]
    told = doubts if ruling.kind == "bebas" else case.events
    return "\n".join([case.fill(texts["facts_intro"]), bahwa(told)])


def _considerations(case: Case, texts: dict[str, Any], ruling: Ruling, draft: DecisionDraft) -> str:
    elements: list[dict[str, str]] = case.matter.raw["elements"]
    parts = [
        menimbang(case.fill_lines(texts["weigh_intro"])),
        numbered([f"{element['name']};" for element in elements]),
        menimbang(["terhadap unsur-unsur tersebut Majelis Hakim mempertimbangkan sebagai berikut"]),
    ]
    failing = len(elements) // 2 if ruling.kind == "bebas" else len(elements)
    for place, element in enumerate(elements[: failing + 1], 1):
        parts.append(f"Ad.{place}. Unsur “{element['name']}”")
        parts.append(menimbang([case.fill(element["meaning"])]))
        if place - 1 == failing:
            parts.append(menimbang(case.fill_lines(texts["element_no"], unsur=element["name"])))
            break
        proof = [
            case.fill(element["applied"]),
            case.fill(case.dice.pick(texts["element_yes"]), unsur=element["name"]),
        ]
        parts.append(menimbang(proof))
    assert draft.deliberated_on is not None
    precedent = case.precedent(draft.deliberated_on) if case.dice.chance(0.5) else None
    if precedent:
        parts.append(menimbang([cite(case, precedent)]))
    parts += _outcome_reasons(case, texts, ruling)
    start = case.dice.pick(("Memperhatikan", "Mengingat"))
    parts.append(case.fill(texts["heeding"], pengantar=start))
    return "\n".join(parts)


def _outcome_reasons(case: Case, texts: dict[str, Any], ruling: Ruling) -> list[str]:
    if ruling.kind == "bebas":
        return []
    if ruling.kind == "lepas":
        return [menimbang(case.fill_lines(texts["release"]))]
    doctrine = lines(texts["doctrine"])
    answer = [menimbang(lines(frame("pleadings")["plea_answer"]))] if case.story["pleads"] else []
    weighs = case.dice.sample(case.matter.raw["weighs"], 2)
    return [
        *answer,
        menimbang(case.dice.sample(doctrine, case.dice.between(2, len(doctrine)))),
        menimbang(case.fill_lines(texts["guilty"])),
        "Keadaan yang memberatkan:",
        "\n".join(f"- {case.fill(item)};" for item in weighs),
        "Keadaan yang meringankan:",
        "\n".join(f"- {item};" for item in case.dice.sample(texts["eases"], case.dice.between(2, 4))),
        menimbang([texts["costs"]]),
    ]


def _metadata(case: Case, draft: DecisionDraft, ruling: Ruling) -> None:
    draft.outcome = ruling.kind
    draft.outcome_other = "pidana penjara waktu tertentu" if ruling.months else ""
    draft.outcome_note = " ".join(ruling.orders[:2])
    prison = f"dijatuhi pidana penjara selama {term(ruling.months)}"
    draft.abstract = case.fill(
        frame("orders")["criminal"]["abstract"],
        jumlah_saksi=counted(len(case.story["witnesses"])),
        hasil=prison if ruling.months else f"diputus {ruling.kind}",
    )
