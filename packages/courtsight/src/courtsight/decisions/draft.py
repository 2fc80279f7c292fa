"""A decision as read from a file, before it is stored.

Every reader (JSON Lines, PDF, HTML, plain text) and the generator of fictitious decisions produce a
`DecisionDraft`; the importer stores it. Nothing here knows the database.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from courtsight.decisions.courts import CourtLevel
from courtsight.decisions.identity import Identity, court_name, identity_of

if TYPE_CHECKING:
    from datetime import date

__all__ = ["CourtLevel", "DecisionDraft", "Party", "Section"]


class Section(StrEnum):
    """The eleven sections of an Indonesian court decision, in reading order."""

    HEADER = "kepala_putusan"
    IDENTITY = "identitas"
    DETENTION = "riwayat_penahanan"
    CASE_HISTORY = "riwayat_perkara"
    DEMAND = "riwayat_tuntutan"
    INDICTMENT = "riwayat_dakwaan"
    FACTS = "fakta"
    LEGAL_FACTS = "fakta_hukum"
    CONSIDERATIONS = "pertimbangan_hukum"
    VERDICT = "amar_putusan"
    CLOSING = "penutup"


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the case: `role` as printed (terdakwa, penggugat, pemohon kasasi, ...)."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class PageLayout:
    """Where the lines of the text stand on a page of the file that was read.

    `width` and `height` are of the page as it is shown, in points. `lines` has six numbers for each line: where it
    begins and ends in `DecisionDraft.full_text`, in characters, and its left, top, right and bottom, in tenths of a
    point from the page's top left.
    """

    number: int
    width: float
    height: float
    lines: tuple[int, ...]


@dataclass(slots=True)
class DecisionDraft:
    """What a reader could tell of one decision. Unknown fields stay empty; nothing is guessed.

    `case_number` is normalised (`123 K/Pid.Sus/2019`, `45/Pid.B/2014/PN Kds`), and so is `court`. `sections` maps a
    `Section` value to its text, in reading order.
    """

    case_number: str
    sections: dict[str, str]
    court: str = ""
    level: CourtLevel | None = None
    jurisdiction: str = ""  # umum, agama, tata usaha negara, militer
    case_type: str = ""  # pidana, pidana khusus, perdata, perdata agama, tata usaha negara, ...
    legal_area: str = ""  # the court's own classification, e.g. "pencurian", "perceraian"
    year: int | None = None
    parties: list[Party] = field(default_factory=list)
    presiding_judge: str = ""
    member_judges: list[str] = field(default_factory=list)
    clerk: str = ""
    registered_on: date | None = None
    deliberated_on: date | None = None
    pronounced_on: date | None = None
    uploaded_on: date | None = None
    keywords: list[str] = field(default_factory=list)
    outcome: str = ""  # amar, e.g. "kabul", "tolak", "pidana"
    outcome_other: str = ""  # amar lainnya
    outcome_note: str = ""  # catatan amar
    sentence_days: int | None = None  # imprisonment that the verdict imposes
    rule_of_law: str = ""  # kaidah
    abstract: str = ""
    source_url: str = ""
    attachments: list[str] = field(default_factory=list)  # addresses of the published PDF and ZIP
    related: list[str] = field(default_factory=list)  # decision numbers, as printed
    fictitious: bool = False
    pages: list[PageLayout] = field(default_factory=list, compare=False)  # of a PDF
    # Names of the fields that were read from the text, and that better readers may read otherwise.
    from_text: frozenset[str] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        """A court has one name, whatever the source calls it."""
        self.court = court_name(self.case_number, self.court)

    @property
    def full_text(self) -> str:
        """All sections, in order, separated by a blank line."""
        return "\n\n".join(text for text in self.sections.values() if text)

    @property
    def identity(self) -> Identity:
        """What tells the decision from all others."""
        return identity_of(self.case_number, self.court)

    @property
    def content_hash(self) -> bytes:
        """SHA-256 over the number without the court and the sections: 32 bytes; the same decision gives the same hash.

        A decision without a text is told by its court.
        """
        digest = hashlib.sha256(self.identity.number.encode())
        if not self.sections:
            digest.update(b"\0" + self.identity.court.encode())
        for name, text in self.sections.items():
            digest.update(b"\0" + name.encode() + b"\0" + text.encode())
        return digest.digest()
