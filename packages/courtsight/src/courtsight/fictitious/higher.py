"""What appeal, cassation and review share: who petitions and why, what the lower courts did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.draft import CourtLevel, Party, Section
from courtsight.fictitious.case import bahwa, full_court, header, printed
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import frame
from courtsight.fictitious.suits import heeding
from courtsight.fictitious.wording import lines, numbered

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft
    from courtsight.fictitious.case import Case, Ruling

_ROLES = {
    CourtLevel.APPEAL: ("Pembanding", "Terbanding"),
    CourtLevel.CASSATION: ("Pemohon Kasasi", "Termohon Kasasi"),
    CourtLevel.REVIEW: ("Pemohon Peninjauan Kembali", "Termohon Peninjauan Kembali"),
}
_FLIPPED = {"kabul": "tolak", "tolak": "kabul", "tidak dapat diterima": "kabul"}


def is_criminal(case: Case) -> bool:
    """Whether the State prosecutes; otherwise two parties oppose each other."""
    return case.matter.domain == "criminal"


def flipped(kind: str) -> str:
    """The outcome for the other side."""
    return _FLIPPED[kind]


def remember(case: Case, place: int) -> None:
    """Slots `pengadilan_N`, `nomor_N`, `tanggal_N` and `..._akhir` for the latest decision."""
    last = case.decisions[-1]
    for suffix in (str(place), "akhir"):
        case.values[f"pengadilan_{suffix}"] = full_court(case, last)
        case.values[f"nomor_{suffix}"] = printed_number(last.case_number)
        case.values[f"tanggal_{suffix}"] = printed(last.pronounced_on)


def choose_petitioner(case: Case, level: CourtLevel) -> None:
    """Slots `pemohon` and `lawan`: the losing side, or in a criminal case the one that can complain."""
    standing = case.rulings[-1].kind
    if is_criminal(case):
        accused = level is CourtLevel.REVIEW or (standing == "pidana" and case.dice.chance(0.6))
        accused_word = "Terpidana" if level is CourtLevel.REVIEW else "Terdakwa"
        pair = (accused_word, "Penuntut Umum") if accused else ("Penuntut Umum", accused_word)
    else:
        pair = (
            (case.values["t"], case.values["p"])
            if standing == "kabul"
            else (case.values["p"], case.values["t"])
        )
        first_proof = "proof_t" if standing == "kabul" else "proof_p"
        letter = "T" if standing == "kabul" else "P"
        case.values["bukti_a"] = f"{letter}-1 berupa {case.fill(case.story[first_proof][0])}"
    case.values["pemohon"], case.values["lawan"] = pair
    case.values["bidang"] = case.matter.case_type
    case.values["pasal_semua"] = ", ".join(case.matter.raw.get("articles", ()))


def parties_at(case: Case, level: CourtLevel) -> list[Party]:
    """The parties under the names of this level."""
    if is_criminal(case):
        role = "Terpidana" if level is CourtLevel.REVIEW else "Terdakwa"
        return [Party(role, case.values["terdakwa"]), case.parties[1]]
    first, second = case.parties
    petitioner, other = (first, second) if case.values["pemohon"] == case.values["p"] else (second, first)
    return [Party(_ROLES[level][0], petitioner.name), Party(_ROLES[level][1], other.name)]


def opening(case: Case, draft: DecisionDraft, level: CourtLevel) -> dict[Section, str]:
    """Header and identity, and in criminal cases detention, demand and indictment."""
    texts = frame("higher")[level.value]
    case.values["pengadilan"], case.values["nomor"] = (
        full_court(case, draft),
        printed_number(draft.case_number),
    )
    draft.parties = parties_at(case, level)
    intro = case.fill(texts["intro_criminal" if is_criminal(case) else "intro_other"])
    sections = {Section.HEADER: header(draft, intro, religious=case.matter.domain == "religious")}
    if not is_criminal(case):
        sections[Section.IDENTITY] = _suit_identity(case, draft)
        return sections
    first = case.decisions[0].sections
    sections[Section.IDENTITY] = first[Section.IDENTITY.value]
    sections[Section.DETENTION] = first[Section.DETENTION.value]
    phrases = frame("orders")["higher"]
    asked = frame("criminal")["demand_intro"].replace("Setelah mendengar pembacaan", "Membaca")
    demands = numbered([case.fill(demand) + ";" for demand in phrases["demands"]])
    sections[Section.DEMAND] = f"{case.fill(asked)}\n{demands}"
    sections[Section.INDICTMENT] = "\n".join(
        [
            case.fill(phrases["charged"]),
            "KESATU:",
            bahwa(case.events),
            case.fill(frame("criminal")["indictment_close"]),
            "ATAU KEDUA:",
            case.fill(frame("criminal")["indictment_second"]),
        ]
    )
    return sections


def _suit_identity(case: Case, draft: DecisionDraft) -> str:
    values = case.values
    keys = ("p", "t") if values["pemohon"] == values["p"] else ("t", "p")
    rows = [
        case.fill(
            frame("orders")["higher"]["party"],
            nama=party.name,
            ciri=values[f"ciri_{key}"],
            kuasa=values[f"kuasa_{key}"],
            sebagai=party.role,
            asal=values[key],
        )
        for party, key in zip(draft.parties, keys, strict=True)
    ]
    return f"{rows[0]}\nLawan\n{rows[1]}"


def claim_summary(case: Case) -> list[str]:
    """The claim and the defence retold, for higher courts in suits; nothing in criminal cases."""
    if is_criminal(case):
        return []
    phrases = frame("orders")["higher"]
    return [
        case.fill(phrases["claim"]),
        bahwa(case.events),
        case.fill(phrases["asks"]),
        numbered([f"{item};" for item in case.fill_lines(case.story["petitum"])]),
        case.fill(phrases["exception"], eksepsi=case.story["exception"]),
        case.fill(phrases["denial"]),
        bahwa(case.fill_lines(case.story["denial"])),
    ]


def quoted_reasons(case: Case, place: int) -> list[str]:
    """Some consecutive considerations of decision `place` (0 = first instance), quoted."""
    text = case.decisions[place].sections[Section.CONSIDERATIONS.value]
    reasons = [line for line in text.splitlines() if line.startswith("Menimbang, bahwa")]
    count = case.dice.weighted([(0, 2), (case.dice.between(1, 14), 5), (len(reasons), 2)])
    if not count:
        return []
    start = case.dice.below(max(1, len(reasons) - count))
    earlier = case.decisions[place]
    intro = case.fill(
        frame("orders")["higher"]["quote"],
        pengadilan_kutip=full_court(case, earlier),
        nomor_kutip=printed_number(earlier.case_number),
    )
    return [intro, *(f"“{_inner(reason)}”" for reason in reasons[start : start + count])]


def _inner(text: str) -> str:
    """Double quotation marks become single ones inside a quotation."""
    return text.translate(
        {ord("“"): "\N{LEFT SINGLE QUOTATION MARK}", ord("”"): "\N{RIGHT SINGLE QUOTATION MARK}"}
    )


def orders_text(ruling: Ruling) -> str:
    """The numbered orders of a lower court."""
    return numbered(ruling.orders)


def grounds(case: Case, level: CourtLevel) -> str:
    """The petitioner's arguments, five to seven of them."""
    if is_criminal(case):
        voice = "prosecutor" if case.values["pemohon"] == "Penuntut Umum" else "accused"
    else:
        voice = case.matter.domain
    pool = lines(frame("grounds")[voice])
    if voice == "prosecutor":
        convicted = case.rulings[-1].kind == "pidana"
        pool += lines(frame("grounds")["convicted"]) if convicted else []
        pool += lines(frame("grounds")["civil_matter"]) if case.rulings[-1].kind == "lepas" else []
    arguments = case.dice.sample(pool, case.dice.between(5, 7))
    if level is CourtLevel.APPEAL:
        arguments = [argument.replace("judex facti", "hakim tingkat pertama") for argument in arguments]
    return numbered([f"Bahwa {case.fill(argument)};" for argument in arguments])


def law(case: Case, level: CourtLevel) -> str:
    """The statutes at the end of the considerations."""
    texts = frame("higher")
    if level is CourtLevel.APPEAL:
        if is_criminal(case):
            return case.fill(texts["appeal"]["heed_criminal"])
        return f"Mengingat, {heeding(case.matter.raw['articles'], case.matter.domain)};"
    return case.fill(texts["cassation"]["law_criminal" if is_criminal(case) else "law_other"])
