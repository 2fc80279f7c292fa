"""What the search routes take and give."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from courtsight.decisions.schemas import DecisionSummary, Filters, FilterText, QueryFilters
from courtsight.search.parts import Use
from fondasi.kit.http import Integer, Number, Page

MAX_QUERY = 10_000
MAX_RESULTS = 10_000
MOST_AS_TYPED = 20


QueryText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY)]


class Strategy(StrEnum):
    """How to rank: by words, by meaning, by both, or by the best passage alone."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    VECTOR = "vector"
    PARENT_CHILD = "parent-child"


class Order(StrEnum):
    """In which order hits come: as they fit, or by the day of the decision."""

    RELEVANCE = "relevance"
    NEWEST = "-pronounced_on"
    OLDEST = "pronounced_on"


class SearchRequest(BaseModel):
    """A search. The query's own operators (`"..."`, `-word`, `court:`) add to the filters."""

    model_config = ConfigDict(extra="forbid")

    query: QueryText = Field(
        description="Plain language, a decision number, an article, or operators.",
        examples=["pencurian dengan pemberatan"],
    )
    page: Integer = Field(1, ge=1, le=MAX_RESULTS, description="Page number, from 1.")
    items_per_page: Integer = Field(
        10,
        ge=1,
        le=100,
        validation_alias=AliasChoices("items_per_page", "limit"),  # clients of older systems say `limit`
        description="Hits per page.",
    )
    similarity_threshold: Number | None = Field(
        None,
        ge=-1,
        le=1,
        description="Leave out hits whose `scores.vector` is lower. Numbers and articles are looked up "
        "exactly and have none; the lexical strategy refuses it.",
        examples=[None],
    )
    strategy: Strategy = Strategy.HYBRID
    sort: Order = Field(Order.RELEVANCE, description="In which order; by day the best 1,000 hits come.")
    filters: Filters = Field(default_factory=Filters, examples=[{"legal_area": "pencurian"}])
    understand: bool = Field(
        True,
        description="Whether articles, laws, outcomes and years among the words become filters.",
        strict=True,
    )
    expand: bool = Field(
        True,
        description="Whether variants, synonyms and translations are searched beside the words.",
        strict=True,
    )
    as_typed: list[FilterText] = Field(
        [],
        max_length=MOST_AS_TYPED,
        description="Words of the query that nothing is searched beside.",
        examples=[["sabu"]],
    )


class Asked(QueryFilters):
    """What a link asks for beside the query."""

    strategy: Strategy = Field(Strategy.HYBRID, description="How to rank.")
    understand: bool = Field(True, description="As in POST.")
    expand: bool = Field(True, description="As in POST.")
    as_typed: Annotated[list[FilterText], Field(max_length=MOST_AS_TYPED)] = Field(
        [], description="Words that nothing is searched beside."
    )

    def filters(self, *without: str) -> Filters:
        """The filters alone, some of them left out."""
        kept = {name: getattr(self, name) for name in Filters.model_fields if name not in without}
        return Filters.model_construct(**kept)

    def searched(self, query: str, *without: str, **more: Any) -> SearchRequest:
        """A search for a query, as POST takes it, some filters left out."""
        return SearchRequest.model_construct(
            query=query,
            strategy=self.strategy,
            understand=self.understand,
            expand=self.expand,
            as_typed=self.as_typed,
            filters=self.filters(*without),
            **more,
        )


class Counting(Asked):
    """What is counted: what a query finds, or all decisions that meet the filters."""

    query: QueryText | None = Field(
        None, description="As in a search, operators included.", examples=["pencurian"]
    )


class SearchLink(Asked):
    """A search in a link."""

    query: QueryText = Field(description="As in POST, operators included.", examples=["pencurian"])
    page: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = Field(1, description="Page number, from 1.")
    items_per_page: Annotated[int, Field(ge=1, le=100)] = Field(10, description="Hits per page.")
    sort: Order = Field(Order.RELEVANCE, description="In which order.")

    def request(self) -> SearchRequest:
        """As POST takes it."""
        return self.searched(self.query, page=self.page, items_per_page=self.items_per_page, sort=self.sort)


class ListFormat(StrEnum):
    """What a list of hits is saved as."""

    CSV = "csv"
    JSON = "json"


class ExportLink(Asked):
    """A list of hits to save."""

    query: QueryText = Field(description="As in POST, operators included.", examples=["pencurian"])
    sort: Order = Field(Order.RELEVANCE, description="In which order.")
    format: ListFormat = Field(ListFormat.CSV, description="`csv` for a spreadsheet, or `json`.")

    def request(self) -> SearchRequest:
        """As POST takes it."""
        return self.searched(self.query, sort=self.sort)


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

    lexical: float | None = Field(None, description="BM25 over the whole decision, words and word pairs.")
    vector: float | None = Field(
        None,
        description="Cosine similarity of the decision or of its nearest passage, -1 to 1; higher is nearer.",
    )
    fused: float | None = Field(
        None, description="What a ranked answer is ordered by; null for exact lookups."
    )


class SearchHit(BaseModel):
    """A decision that was found, where, and why."""

    decision: DecisionSummary
    snippet: Snippet | None
    scores: Scores
    why: list[str] = Field(description="Why it matched, in the requested language.")

    @classmethod
    def of(cls, decision: Any, scores: Scores, why: list[str], snippet: Snippet | None) -> SearchHit:
        """A hit for a row of `decision`."""
        summary = DecisionSummary.model_validate(decision)
        return cls(decision=summary, snippet=snippet, scores=scores, why=why)


class QueryPart(BaseModel):
    """A part of the query and what it does; a client can show it, and search again without its characters."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["number", "article", "law", "outcome", "year", "court", "phrase", "words", "field"]
    text: str = Field(description="As it was typed.")
    value: str = Field(description="In normal form.")
    start: int = Field(description="Where it begins in the query, in characters.")
    end: int = Field(description="Where it ends.")
    use: Use = Field(description="What it does: looked up, a filter, ranked by, required or excluded.")


class AlsoSearched(BaseModel):
    """What was searched beside words of the query."""

    model_config = ConfigDict(from_attributes=True)

    words: str = Field(description="Words of the query.")
    alternatives: list[str] = Field(description="What was searched as well.")
    kind: Literal[
        "variant", "old spelling", "abbreviation", "slang", "synonym", "translation", "spelling"
    ] = Field(description="What they are to the words.")


class SearchAnswer(Page[SearchHit]):
    """A page of hits. Exact lookups count all of them; ranked search counts up to the page and tells if more follow."""

    interpretation: Literal["decision_number", "article", "text"] = Field(
        description="What the query was understood to be."
    )
    strategy: Strategy = Field(
        description="As asked; lexical where a hybrid search had to do without vectors."
    )
    parts: list[QueryPart] = Field([], description="The parts of the query, in their order.")
    also_searched: list[AlsoSearched] = Field(
        [], description="What the lexicon added; `expand: false` leaves it out."
    )
    left_out: list[str] = Field([], description="Words that say nothing, and did not rank.")
    unknown_words: list[str] = Field([], description="Words that no decision has.")
    did_you_mean: str | None = Field(
        None, description="The query with unknown words as they are likely meant."
    )
    weak: bool = Field(False, description="Whether even the first hit hardly fits.")
    notices: list[str] = Field([], description="What to know of the answer, in the requested language.")


class Match(BaseModel):
    """A place where a query matches: characters `start` to `end` of a section."""

    section: str
    start: int
    end: int


class Matches(BaseModel):
    """Where a query matches in a decision, in reading order."""

    total_count: int = Field(description="Places in all.")
    words: list[str] = Field(
        description="Words that were looked for, those searched beside the query's included."
    )
    data: list[Match] = Field(description="The places; the first 2,000.")
