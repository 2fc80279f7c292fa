"""A made-up case on its way through the courts, and what all its decisions share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtsight.decisions.draft import CourtLevel, DecisionDraft, Party, Section
from courtsight.decisions.verdict import read_verdict
from courtsight.fictitious import names
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import Matter, frame
from courtsight.fictitious.wording import fill, lines, long_date, rupiah, weekday_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from courtsight.fictitious.chance import Dice
    from courtsight.fictitious.courts import District, Forum

_SATURDAY = 5
_KIN = (
    {"pencurian", "penggelapan", "penipuan", "penadahan", "pemalsuan surat"},
    {"wanprestasi", "utang piutang", "perbuatan melawan hukum"},
    {"sengketa tanah", "waris"},
    {"cerai gugat", "cerai talak", "hak asuh anak"},
    {"harta bersama", "waris Islam"},
    {"sengketa kepegawaian", "sertifikat tanah", "izin usaha"},
)
_SOURCE = "https://putusan.contoh.example/"  # RFC 2606: nobody can own it
_LAST_UPLOAD = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Ruling:
    """How the case stands: `kind` (pidana, bebas, lepas, kabul, tolak, tidak dapat diterima) and its orders.

    `months` is the prison term and `fine` the fine in rupiah, both 0 where they do not apply.
    """

    kind: str
    orders: tuple[str, ...]
    months: int = 0
    fine: int = 0


@dataclass(frozen=True, slots=True)
class Precedent:
    """A cassation that later decisions may cite."""

    number: str
    pronounced_on: date
    legal_area: str
    rule: str


@dataclass(slots=True)
class Case:
    """The matter, the place, the people (`values`: template slots) and the decisions so far."""

    matter: Matter
    forum: Forum
    dice: Dice
    filed_on: date
    values: dict[str, str]
    taken: set[str]
    precedents: Sequence[Precedent]
    story: dict[str, Any] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    decisions: list[DecisionDraft] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    events: list[str] = field(default_factory=list)  # what happened, told once and retold at each level

    def fill(self, template: str, **more: str) -> str:
        """The template with the slots of this case."""
        return fill(template, {**self.values, **more} if more else self.values, self.dice)

    def fill_lines(self, block: str, **more: str) -> list[str]:
        """Every line of a template block, filled."""
        return [self.fill(line, **more) for line in lines(block)]

    def draw_slots(self, slots: Mapping[str, Sequence[str]], money: Mapping[str, Sequence[int]]) -> None:
        """Pick a value for every slot and amount, in file order; later ones may use earlier ones."""
        for name, (low, high, step) in money.items():
            self.values[name] = rupiah(self.dice.between(low, high, step))
        for name, options in slots.items():
            self.values[name] = self.fill(self.dice.pick(options))

    def precedent(self, before: date) -> Precedent | None:
        """An earlier cassation of the same legal area, else of one whose rules often matter here too."""
        kin = next((group for group in _KIN if self.matter.legal_area in group), {self.matter.legal_area})
        known = [p for p in self.precedents if p.legal_area in kin and p.pronounced_on < before]
        close = [p for p in known if p.legal_area == self.matter.legal_area]
        return self.dice.pick((close or known)[-8:]) if known else None


def cite(case: Case, precedent: Precedent) -> str:
    """How a decision cites an earlier cassation for its rule."""
    return case.fill(
        frame("orders")["cite"],
        nomor_kaidah=printed_number(precedent.number),
        tanggal_kaidah=long_date(precedent.pronounced_on),
        kaidah=precedent.rule,
    )


def bahwa(items: Iterable[str]) -> str:
    """`Bahwa ...;` on a line each, as claims and testimony are printed."""
    return "\n".join(f"- Bahwa {item};" for item in items)


def menimbang(items: Iterable[str]) -> str:
    """`Menimbang, bahwa ...;` on a line each."""
    return "\n".join(f"Menimbang, bahwa {item}" + ("" if item.endswith(":") else ";") for item in items)


def weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day


def new_district_values(dice: Dice, district: District, neighbour: District) -> dict[str, str]:
    """Slots for places and passers-by that every story may use."""
    return {
        "kota": district.full_name,
        "kabupaten": district.full_name,
        "tetangga": neighbour.full_name,
        "provinsi": district.province,
        "jalan": names.street(dice),
        "desa": names.village(dice),
        "alamat": names.street(dice),
        "angka": str(dice.between(11, 989)),
        "perusahaan": names.company(dice),
        "mediator": names.jurist(dice),
        **{f"saksi_{letter}": names.person(dice) for letter in "abcd"},
    }


def open_decision(
    case: Case, level: CourtLevel, registered_on: date, sitting_days: tuple[int, int]
) -> DecisionDraft:
    """A draft with number, court, people of the court and dates; text and outcome are still missing."""
    dice, registered = case.dice, weekday(registered_on)
    deliberated = weekday(registered + timedelta(days=dice.between(*sitting_days)))
    supreme = level in {CourtLevel.CASSATION, CourtLevel.REVIEW}
    pronounced = deliberated if supreme else weekday(deliberated + timedelta(days=dice.between(0, 9)))
    number = case.forum.number(level, registered.year, dice)
    while number in case.taken:
        number = case.forum.number(level, registered.year, dice)
    case.taken.add(number)
    return DecisionDraft(
        case_number=number,
        sections={},
        court=case.forum.short_court(level),
        level=level,
        jurisdiction=case.forum.branch.jurisdiction,
        case_type=case.matter.case_type,
        legal_area=case.matter.legal_area,
        year=registered.year,
        parties=list(case.parties),
        presiding_judge=names.jurist(dice),
        member_judges=[names.jurist(dice), names.jurist(dice)],
        clerk=names.jurist(dice),
        registered_on=registered,
        deliberated_on=deliberated,
        pronounced_on=pronounced,
        uploaded_on=min(pronounced + timedelta(days=dice.between(3, 120)), _LAST_UPLOAD),
        related=[printed_number(earlier.case_number) for earlier in case.decisions],
        source_url=_SOURCE + number.replace("/", "-").replace(" ", "-").lower(),
        fictitious=True,
    )


def full_court(case: Case, draft: DecisionDraft) -> str:
    """The deciding court in full; the draft itself has the short name."""
    assert draft.level is not None
    return case.forum.court(draft.level)


def header(draft: DecisionDraft, intro: str, *, religious: bool) -> str:
    """Notice, title, number and invocation, then the opening sentence."""
    lines_above = [frame("closing")["notice"], "PUTUSAN", f"Nomor {printed_number(draft.case_number)}"]
    lines_above += ["BISMILLAHIRRAHMANIRRAHIM"] * religious
    return "\n".join([*lines_above, "DEMI KEADILAN BERDASARKAN KETUHANAN YANG MAHA ESA", intro])


def closing(case: Case, draft: DecisionDraft, kind: str, present: str = "") -> str:
    """Sitting, signatures and the notice that all of it is made up. `kind` is first, appeal or supreme."""
    texts = frame("closing")
    assert draft.deliberated_on is not None
    assert draft.pronounced_on is not None
    people = {
        "pengadilan": full_court(case, draft),
        "ketua": draft.presiding_judge,
        "anggota_1": draft.member_judges[0],
        "anggota_2": draft.member_judges[1],
        "panitera": draft.clerk,
        "musyawarah": weekday_date(draft.deliberated_on),
        "ucap": weekday_date(draft.pronounced_on),
        "hadir": present,
    }
    parts = (
        case.fill(texts[kind], **people),
        case.fill(texts["signatures"], **people),
        texts["notice"],
        texts["end"],
    )
    return "\n".join(parts)


def finish(
    case: Case, draft: DecisionDraft, sections: Mapping[Section, str], ruling: Ruling
) -> DecisionDraft:
    """Put the sections into reading order, note how the case stands now, and file the decision."""
    draft.sections = {section.value: sections[section] for section in Section if sections.get(section)}
    draft.keywords = [*case.matter.keywords, *draft.keywords]
    verdict = read_verdict(sections[Section.VERDICT], level=draft.level, case_type=draft.case_type)
    draft.sentence_days = verdict.sentence_days
    case.decisions.append(draft)
    case.rulings.append(ruling)
    return draft


def printed(day: date | None) -> str:
    """A date as printed; a missing one is a programming error here."""
    assert day is not None
    return long_date(day)
