"""What the routes of the corpus take and give."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from courtsight.decisions.draft import CourtLevel
from courtsight.decisions.several import SEVERAL
from fondasi.kit.http import AnyDay

FilterText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Year = Annotated[int, Field(ge=1900, le=2200)]


_LEVELS = {
    "pertama": CourtLevel.FIRST_INSTANCE,
    "tingkat pertama": CourtLevel.FIRST_INSTANCE,
    "first instance": CourtLevel.FIRST_INSTANCE,
    "banding": CourtLevel.APPEAL,
    "tingkat banding": CourtLevel.APPEAL,
    "kasasi": CourtLevel.CASSATION,
    "pk": CourtLevel.REVIEW,
    "peninjauan kembali": CourtLevel.REVIEW,
}


def _level(value: object) -> object:
    """A level in Indonesian is a level."""
    lowered = " ".join(value.lower().split()) if isinstance(value, str) else value
    return _LEVELS.get(lowered, lowered) if isinstance(lowered, str) else value


class Filters(BaseModel):
    """Conditions on decisions; all must hold, of several values of one any. Applied before ranking."""

    model_config = ConfigDict(extra="forbid")

    court: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None,
        description="The court, by name, long name or code, or a part of its name.",
        examples=["PN Randu Biru"],
    )
    region: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None, description="The province of the court.", examples=["Jawa Tengah"]
    )
    jurisdiction: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None, description="umum, agama, tata usaha negara or militer."
    )
    level: Annotated[list[Annotated[CourtLevel, BeforeValidator(_level)]] | None, SEVERAL] = Field(
        None,
        description="Stage of the proceedings, also in Indonesian: pertama, banding, kasasi, peninjauan kembali.",
    )
    case_type: Annotated[list[FilterText] | None, SEVERAL] = Field(None, description="pidana, perdata, ...")
    legal_area: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None, description="Part of the court's classification."
    )
    case_number: FilterText | None = Field(None, description="Decision number, in any common spelling.")
    judge: FilterText | None = Field(None, description="Part of a judge's name.")
    party: FilterText | None = Field(None, description="Part of a party's name.")
    article: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None, description="An article that the decision names."
    )
    outcome: Annotated[list[FilterText] | None, SEVERAL] = Field(
        None, description="kabul, tolak, pidana, ..."
    )
    year: Annotated[list[Year] | None, SEVERAL] = Field(None, description="Year of the case number.")
    date_from: AnyDay | None = Field(None, description="Pronounced on this day or later.")
    date_to: AnyDay | None = Field(None, description="Pronounced on this day or earlier.")

    @model_validator(mode="after")
    def _ordered(self) -> Filters:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_from must not be after date_to")
        return self


class QueryFilters(Filters):
    """The filters as query parameters; the router refuses unknown ones."""

    model_config = ConfigDict(extra="ignore")


class Party(BaseModel):
    """A party of the case."""

    role: str
    name: str


class DecisionSummary(BaseModel):
    """What a list shows of a decision."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_number: str
    court: str
    level: CourtLevel | None
    jurisdiction: str
    case_type: str
    legal_area: str
    year: int | None
    pronounced_on: date | None
    outcome: str
    keywords: list[str]
    abstract: str
    fictitious: bool


class SectionRead(BaseModel):
    """A section of a decision; citations point into `text` by character offsets."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    text: str


class OriginalRead(BaseModel):
    """The PDF that a decision was read from."""

    page_count: int
    size: int = Field(description="Bytes.")


class DecisionRead(DecisionSummary):
    """A whole decision."""

    parties: list[Party]
    presiding_judge: str
    judges: list[str]
    clerk: str
    registered_on: date | None
    deliberated_on: date | None
    uploaded_on: date | None
    outcome_other: str
    outcome_note: str
    rule_of_law: str
    source_url: str
    attachments: list[str]
    related: list[str]
    character_count: int
    created_at: datetime
    updated_at: datetime
    sections: list[SectionRead]
    original: OriginalRead | None = Field(
        None, description="The PDF that it was read from; null where none was kept."
    )


class CitationRead(BaseModel):
    """A citation in a decision."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["article", "statute", "decision"]
    normalised: str
    section: str
    start: int
    end: int
    text: str = Field(description="The words of the citation.")
    decision_id: UUID | None = Field(None, description="The cited decision, if the corpus has it.")


class Count(BaseModel):
    """How many decisions have a value."""

    value: str
    count: int


class CourtCount(Count):
    """How many decisions a court has, and where it stands among the courts."""

    level: CourtLevel | None = Field(None, description="Its level; null where its name does not tell.")
    region: str = Field("", description="Its province; empty for a court that the table of courts lacks.")


class Facet(StrEnum):
    """What decisions are counted by."""

    COURT = "court"
    REGION = "region"
    LEVEL = "level"
    JURISDICTION = "jurisdiction"
    CASE_TYPE = "case_type"
    LEGAL_AREA = "legal_area"
    OUTCOME = "outcome"
    YEAR = "year"
    ARTICLE = "article"


class Facets(BaseModel):
    """Values to filter by, the most frequent of each: 20, of courts 200.

    Each is counted without its own filter, so that a second value of it can be chosen.
    """

    total_count: int = Field(description="Decisions that meet the query and all filters.")
    whole: bool = Field(
        description="Whether all of them were counted: of a ranked search the best 1,000 are."
    )
    court: list[CourtCount]
    region: list[Count]
    level: list[Count]
    jurisdiction: list[Count]
    case_type: list[Count]
    legal_area: list[Count]
    outcome: list[Count]
    year: list[Count]
    article: list[Count]
    without: dict[str, int] = Field(
        description="Where nothing was found: how many there would be without each of the filters."
    )


class TotalStatistics(BaseModel):
    """Totals of the corpus and its index."""

    total_documents: int
    total_sections: int
    total_citations: int
    total_chunks: int
    total_embedding_vectors: int
    embedding_model: str
    fictitious_documents: int
    last_updated: datetime | None


class CorpusStatistics(BaseModel):
    """The corpus in numbers."""

    total_statistics: TotalStatistics
    by_level: list[Count]
    by_case_type: list[Count]
    by_year: list[Count]


class Suggestion(BaseModel):
    """A completion of what is being typed."""

    text: str
    kind: Literal["decision", "article", "legal_area", "court"]
    decision_id: UUID | None = None
