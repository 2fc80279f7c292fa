"""What appeal, cassation and review have in common: who petitions, what the lower courts did, who argues what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.draft import Level, Party, Section
from courtsight.fictitious.case import bahwa, header, printed
from courtsight.fictitious.library import frame
from courtsight.fictitious.suits import heeding
from courtsight.fictitious.wording import lines, numbered

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft
    from courtsight.fictitious.case import Case, Ruling

_ROLES = {
    Level.APPEAL: ("Pembanding", "Terbanding"),
    Level.CASSATION: ("Pemohon Kasasi", "Termohon Kasasi"),
    Level.REVIEW: ("Pemohon Peninjauan Kembali", "Termohon Peninjauan Kembali"),
}
_FLIPPED = {"kabul": "tolak", "tolak": "kabul", "tidak dapat diterima": "kabul"}


def is_criminal(case: Case) -> bool:
    """Whether the State prosecutes; otherwise two parties oppose each other."""
    return case.matter.domain == "criminal"


def flipped(kind: str) -> str:
    """The outcome for the other side."""
    return _FLIPPED[kind]


def remember(case: Case, place: int) -> None:
    """Slots `pengadilan_N`, `nomor_N`, `tanggal_N` and `..._akhir` for the latest decision, as level `place`."""
    last = case.decisions[-1]
    for suffix in (str(place), "akhir"):
        case.values[f"pengadilan_{suffix}"] = last.court
        case.values[f"nomor_{suffix}"] = last.case_number
        case.values[f"tanggal_{suffix}"] = printed(last.pronounced_on)


def choose_petitioner(case: Case, level: Level) -> None:
    """Slots `pemohon` and `lawan`: the losing side, or in a criminal case the one that can complain."""
    standing = case.rulings[-1].kind
    if is_criminal(case):
        accused = level is Level.REVIEW or (standing == "pidana" and case.dice.chance(0.6))
        accused_word = "Terpidana" if level is Level.REVIEW else "Terdakwa"
        pair = (accused_word, "Penuntut Umum") if accused else ("Penuntut Umum", accused_word)
    else:
        pair = (case.values["t"], case.values["p"]) if standing == "kabul" else (case.values["p"], case.values["t"])
        first_proof = "proof_t" if standing == "kabul" else "proof_p"
        letter = "T" if standing == "kabul" else "P"
        case.values["bukti_a"] = f"{letter}-1 berupa {case.fill(case.story[first_proof][0])}"
    case.values["pemohon"], case.values["lawan"] = pair
    case.values["bidang"] = case.matter.case_type
    case.values["pasal_semua"] = ", ".join(case.matter.raw.get("articles", ()))


def parties_at(case: Case, level: Level) -> list[Party]:
    """The parties under the names of this level."""
    if is_criminal(case):
        role = "Terpidana" if level is Level.REVIEW else "Terdakwa"
        return [Party(role, case.values["terdakwa"]), case.parties[1]]
    first, second = case.parties
    petitioner, other = (first, second) if case.values["pemohon"] == case.values["p"] else (second, first)
    return [Party(_ROLES[level][0], petitioner.name), Party(_ROLES[level][1], other.name)]


def opening(case: Case, draft: DecisionDraft, level: Level) -> dict[Section, str]:
    """Header and identity, and in criminal cases detention, demand and indictment."""
    texts = frame("higher")[level.value]
    case.values["pengadilan"], case.values["nomor"] = draft.court, draft.case_number
    draft.parties = parties_at(case, level)
    intro = case.fill(texts["intro_criminal" if is_criminal(case) else "intro_other"])
    sections = {Section.HEADER: header(draft, intro, religious=case.matter.domain == "religious")}
    if not is_criminal(case):
        sections[Section.IDENTITY] = _suit_identity(case, draft)
        return sections
    first = case.decisions[0].sections
    sections[Section.IDENTITY] = first[Section.IDENTITY.value]
    sections[Section.DETENTION] = first[Section.DETENTION.value]
    asked = frame("criminal")["demand_intro"].replace("Setelah mendengar", "Membaca")
    sections[Section.DEMAND] = "\n".join(
        [
            case.fill(asked),
            numbered(
                case.fill_lines(
                    "Menyatakan Terdakwa {terdakwa} bersalah melakukan tindak pidana {kualifikasi} sebagaimana diatur dan "
                    "diancam pidana dalam {pasal};\nMenjatuhkan pidana penjara terhadap Terdakwa selama {tuntutan};\n"
                    "Menetapkan agar Terdakwa dibebani membayar biaya perkara;"
                )
            ),
        ]
    )
    sections[Section.INDICTMENT] = "\n".join(
        [
            "Menimbang, bahwa Terdakwa diajukan di muka persidangan {} karena didakwa dengan dakwaan sebagai "
            "berikut:".format(case.values["pengadilan_1"]),
            "KESATU:",
            bahwa(case.events),
            case.fill(frame("criminal")["indictment_close"]),
            "ATAU KEDUA:",
            case.fill(frame("criminal")["indictment_second"]),
        ]
    )
    return sections


def _suit_identity(case: Case, draft: DecisionDraft) -> str:
    petitioner, other = draft.parties
    keys = ("p", "t") if case.values["pemohon"] == case.values["p"] else ("t", "p")
    rows = [
        f"{party.name}, {case.values['ciri_' + key]}, dalam hal ini memberi kuasa kepada {case.values['kuasa_' + key]}, "
        f"advokat; {party.role}, dahulu {case.values[key]};"
        for party, key in zip((petitioner, other), keys, strict=True)
    ]
    return f"{rows[0]}\nLawan\n{rows[1]}"


def claim_summary(case: Case) -> list[str]:
    """The claim and the defence retold, for decisions of higher courts in suits; nothing in criminal cases."""
    if is_criminal(case):
        return []
    return [
        case.fill(
            "Menimbang, bahwa dari surat-surat tersebut ternyata {p} telah mengajukan {gugatan} mengenai {objek} di muka "
            "persidangan {pengadilan_1}, yang pada pokoknya:"
        ),
        bahwa(case.events),
        case.fill("Bahwa {p} memohon kepada {pengadilan_1} agar menjatuhkan putusan sebagai berikut:"),
        numbered([f"{item};" for item in case.fill_lines(case.story["petitum"])]),
        case.fill("Menimbang, bahwa terhadap {gugatan} tersebut {t} mengajukan eksepsi bahwa ") + case.story["exception"] + ";",
        case.fill("Dalam pokok perkara {t} mendalilkan sebagai berikut:"),
        bahwa(case.fill_lines(case.story["denial"])),
    ]


def quoted_reasons(case: Case, place: int) -> list[str]:
    """Some consecutive considerations of the decision `place` (0 = first instance), as higher courts quote them."""
    text = case.decisions[place].sections[Section.CONSIDERATIONS.value]
    reasons = [line for line in text.splitlines() if line.startswith("Menimbang, bahwa")]
    count = case.dice.between(0, 14)
    if not count:
        return []
    start = case.dice.below(max(1, len(reasons) - count))
    court, number = case.decisions[place].court, case.decisions[place].case_number
    intro = f"Membaca pertimbangan hukum putusan {court} Nomor {number}, antara lain:"
    return [intro, *(f"“{reason}”" for reason in reasons[start : start + count])]


def orders_text(ruling: Ruling) -> str:
    """The numbered orders of a lower court."""
    return numbered(ruling.orders)


def grounds(case: Case, level: Level) -> str:
    """The petitioner's arguments, four to seven of them."""
    if is_criminal(case):
        voice = "prosecutor" if case.values["pemohon"] == "Penuntut Umum" else "accused"
    else:
        voice = case.matter.domain
    arguments = case.dice.sample(lines(frame("grounds")[voice]), case.dice.between(4, 7))
    if level is Level.APPEAL:
        arguments = [argument.replace("judex facti", "hakim tingkat pertama") for argument in arguments]
    return numbered([f"Bahwa {case.fill(argument)};" for argument in arguments])


def law(case: Case, level: Level) -> str:
    """The statutes at the end of the considerations."""
    texts = frame("higher")
    if level is Level.APPEAL:
        if is_criminal(case):
            return case.fill(texts["appeal"]["heed_criminal"])
        return f"Mengingat, {heeding(case.matter.raw['articles'], case.matter.domain)};"
    return case.fill(texts["cassation"]["law_criminal" if is_criminal(case) else "law_other"])
