"""Questions that the fictitious corpus answers: things to try in the demo, and tests of search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.fictitious.corpus import DEFAULT_SEED, generate
from fondasi.kit.i18n import noted

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["natural", "article", "number", "phrase", "filter", "exclusion"]


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A query and what makes a decision a good answer to it.

    A good answer contains every string of `contains` (case does not matter) and none of `lacks`, and has
    the `legal_area`, `level` and `number` that are given; for a natural question these are facts that
    the question paraphrases.
    """

    text: str
    kind: Kind
    language: Literal["id", "en"]
    meaning: str
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    legal_area: str = ""
    level: CourtLevel | None = None
    number: str = ""

    def is_answered_by(self, draft: DecisionDraft) -> bool:
        """Whether the decision is a good answer."""
        text = draft.full_text.lower()
        return (
            all(part.lower() in text for part in self.contains)
            and not any(part.lower() in text for part in self.lacks)
            and self.legal_area in {"", draft.legal_area}
            and self.level in {None, draft.level}
            and self.number in {"", draft.case_number}
        )


_FIXED = (
    ExampleQuery(
        "pengemudi mengantuk menabrak pengendara hingga meninggal dunia",
        "natural",
        "id",
        noted("A driver fell asleep and killed somebody."),
        contains=("mengantuk",),
        legal_area="lalu lintas",
    ),
    ExampleQuery(
        "Pasal 363 ayat (1) ke-4 KUHP",
        "article",
        "id",
        noted("Decisions that cite one article: theft by two or more people together."),
        contains=("Pasal 363 ayat (1) ke-4 KUHP",),
    ),
    ExampleQuery(
        '"menolak kerusakan harus didahulukan daripada menarik kemaslahatan"',
        "phrase",
        "id",
        "An exact phrase: a maxim of Islamic law in divorce cases.",
        contains=("menolak kerusakan harus didahulukan daripada menarik kemaslahatan",),
    ),
    ExampleQuery(
        'court:"Mahkamah Agung" penguasaan tanah tanpa hak',
        "filter",
        "id",
        "Land disputes, only before the Supreme Court.",
        legal_area="sengketa tanah",
        level=CourtLevel.CASSATION,
    ),
    ExampleQuery(
        'article:"UU 35/2009:112(1)" timbangan digital',
        "filter",
        "id",
        "Possession of narcotics with scales in the house.",
        contains=("timbangan digital", "Pasal 112 ayat (1)"),
        legal_area="narkotika",
    ),
    ExampleQuery(
        "penipuan penerimaan pegawai -giro",
        "exclusion",
        "id",
        "Fraud with promised jobs, but not with worthless giro slips.",
        contains=("biaya pengurusan",),
        lacks=("giro",),
        legal_area="penipuan",
    ),
    ExampleQuery(
        "izin dicabut tanpa surat peringatan",
        "natural",
        "id",
        "A business licence withdrawn without warning.",
        contains=("tanpa surat peringatan terlebih dahulu",),
        legal_area="izin usaha",
    ),
    ExampleQuery(
        "ayah tidak mengembalikan anak kepada ibunya setelah bercerai",
        "natural",
        "id",
        "A father keeps a child from its mother after the divorce.",
        legal_area="hak asuh anak",
    ),
    ExampleQuery(
        "criminal charges for an unpaid debt: when is it only a civil matter?",
        "natural",
        "en",
        "Release because a broken contract is no crime.",
        contains=("melepaskan terdakwa oleh karena itu dari segala tuntutan hukum",),
    ),
    ExampleQuery(
        "corruption: restitution no higher than what the defendant obtained",
        "natural",
        "en",
        "The rule on restitution (uang pengganti) in corruption cases.",
        contains=("uang pengganti",),
        legal_area="korupsi",
    ),
)


def example_queries(seed: int = DEFAULT_SEED) -> tuple[ExampleQuery, ...]:
    """About ten queries; the first three are a natural question, an article and a decision number."""
    cassation = next(draft for draft in generate(12, seed) if draft.level is CourtLevel.CASSATION)
    by_number = ExampleQuery(
        cassation.case_number,
        "number",
        "id",
        noted("One decision by its number."),
        number=cassation.case_number,
    )
    return (*_FIXED[:2], by_number, *_FIXED[2:])


def answers(query: ExampleQuery, drafts: Iterable[DecisionDraft]) -> list[str]:
    """Numbers of the decisions that answer the query, in the order given."""
    return [draft.case_number for draft in drafts if query.is_answered_by(draft)]
