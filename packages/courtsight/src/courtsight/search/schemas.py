"""What the search routes take and give."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from courtsight.decisions.draft import Level
from fondasi.kit.http import Page

MAX_QUERY = 10_000
MAX_RESULTS = 10_000
FilterText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Strategy(StrEnum):
    """How to rank: by words, by meaning, by both, or by the best passage alone."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    VECTOR = "vector"
    PARENT_CHILD = "parent-child"


class Filters(BaseModel):
    """Conditions on decisions; all must hold. Applied before ranking."""

    model_config = ConfigDict(extra="forbid")

    court: FilterText | None = Field(
        None, description="Part of the court's name.", examples=["PN Randu Biru"]
    )
    jurisdiction: FilterText | None = Field(None, description="umum, agama, tata usaha negara or militer.")
    level: Level | None = Field(None, description="Stage of the proceedings.")
    case_type: FilterText | None = Field(None, description="pidana, perdata, ...")
    legal_area: FilterText | None = Field(None, description="Part of the court's classification.")
    case_number: FilterText | None = Field(None, description="Decision number, in any common spelling.")
    judge: FilterText | None = Field(None, description="Part of a judge's name.")
    party: FilterText | None = Field(None, description="Part of a party's name.")
    article: FilterText | None = Field(None, description="An article that the decision names.")
    outcome: FilterText | None = Field(None, description="kabul, tolak, pidana, ...")
    year: Annotated[int, Field(ge=1900, le=2200)] | None = Field(None, description="Year of the case number.")
    date_from: date | None = Field(None, description="Pronounced on this day or later.")
    date_to: date | None = Field(None, description="Pronounced on this day or earlier.")

    @model_validator(mode="after")
    def _ordered(self) -> Filters:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_from must not be after date_to")
        return self


class SearchRequest(BaseModel):
    """A search. The query's own operators (`"..."`, `-word`, `court:`) add to the filters."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY)] = (
        Field(examples=["pencurian dengan pemberatan"])
    )
    limit: int = Field(10, ge=1, le=100, description="Hits per page.")
    page: int = Field(1, ge=1, le=MAX_RESULTS, description="Page number, from 1.")
    similarity_threshold: float | None = Field(
        None, ge=-1, le=1, description="Leave out hits whose cosine similarity to the query is lower."
    )
    strategy: Strategy = Strategy.HYBRID
    filters: Filters = Field(default_factory=Filters)


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
    level: Level | None
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
    related: list[str]
    character_count: int
    created_at: datetime
    updated_at: datetime
    sections: list[SectionRead]


class Snippet(BaseModel):
    """The best passage of a hit: `text` is characters `start` to `end` of the section."""

    section: str
    start: int
    end: int
    text: str
    highlights: list[tuple[int, int]] = Field(description="Spans within `text` that match the query.")
    html: str = Field(description="`text`, escaped, with the highlights in <mark>.")


class Scores(BaseModel):
    """How each leg of the search rated the hit; null where a leg did not take part or did not find it."""

    lexical: float | None = Field(None, description="BM25 over the whole decision.")
    vector: float | None = Field(None, description="Cosine similarity, -1 to 1; higher is nearer.")
    fused: float = Field(description="What the order is by.")


class SearchHit(BaseModel):
    """A decision that was found, where, and why."""

    decision: DecisionSummary
    snippet: Snippet | None
    scores: Scores
    why: list[str] = Field(description="Why it matched, in the requested language.")


class SearchAnswer(Page[SearchHit]):
    """A page of hits."""

    interpretation: Literal["decision_number", "article", "text"] = Field(
        description="What the query was understood to be."
    )
    strategy: Strategy


class CitationRead(BaseModel):
    """A citation in a decision."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["article", "statute", "decision"]
    normalised: str
    section: str
    start: int = Field(validation_alias="start_offset")
    end: int = Field(validation_alias="end_offset")
    text: str = Field(description="The words of the citation.")
    decision_id: UUID | None = Field(
        None, validation_alias="cited_decision_id", description="The cited decision, if the corpus has it."
    )


class Count(BaseModel):
    """How many decisions have a value."""

    value: str
    count: int


class Facets(BaseModel):
    """Values to filter by, most frequent first."""

    court: list[Count]
    level: list[Count]
    jurisdiction: list[Count]
    case_type: list[Count]
    legal_area: list[Count]
    outcome: list[Count]
    year: list[Count]
    article: list[Count]


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


class Statistics(BaseModel):
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
