"""What an `Index` is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fondasi.ai.retrieval.errors import InvalidQueryError
from fondasi.ai.retrieval.statement import Strategy

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.ai.retrieval.passages import Span
    from fondasi.ai.retrieval.tokens import Alternative

MAXIMUM_WINDOW = 1000


@dataclass(frozen=True, slots=True)
class RetrievalQuery:
    """What to search for.

    Attributes:
        text: the query; words after the first 256 are ignored.
        limit: most hits, at least 1.
        offset: hits to skip; `offset + limit` is at most 1,000.
        strategy: which signals rank.
        filter_sql: trusted SQL that selects the ids of the documents that may be found, with parameters from `$1`:
            `"SELECT id FROM decision WHERE court = $1"`. Applied before ranking.
        filter_parameters: values for `filter_sql`.
        similarity_threshold: least cosine similarity, -1 to 1, of a document that only its vector brings in.
        minimum_similarity: least cosine similarity, -1 to 1, of every hit; not with the lexical strategy, which knows
            none.
        alternatives: what is searched beside words of the text.
        meaning: what is embedded; the text if empty.
        meaning_share: of what vectors count for in a hybrid search, 0 to 1; less than 1 where `meaning` is a rendering.
        passages: whether hits tell their best passage. Without, a thousand of them cost little more than ten.
    """

    text: str
    limit: int = 10
    offset: int = 0
    strategy: Strategy = Strategy.HYBRID
    filter_sql: str | None = None
    filter_parameters: tuple[Any, ...] = ()
    similarity_threshold: float = 0.0
    minimum_similarity: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    meaning: str = ""
    meaning_share: float = 1.0
    passages: bool = True

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            InvalidQueryError: a field is out of range.
        """
        if self.limit < 1 or self.offset < 0 or self.offset + self.limit > MAXIMUM_WINDOW:
            raise InvalidQueryError(
                f"limit must be 1 or more, offset 0 or more, their sum at most {MAXIMUM_WINDOW}."
            )
        if not -1 <= self.similarity_threshold <= 1:
            raise InvalidQueryError("similarity_threshold must be from -1 to 1.")
        if self.minimum_similarity is not None and self.strategy is Strategy.LEXICAL:
            raise InvalidQueryError("minimum_similarity needs a strategy with vectors.")


@dataclass(frozen=True, slots=True)
class Scores:
    """The score that ranks, and what each leg says.

    `vector` is a cosine similarity, -1 to 1: of the document, of its nearest passage with the strategy
    parent-child, and of whichever is nearer with hybrid.

    A leg that did not see the document, or was not asked, is None. `bm25` and `pairs` are unbounded BM25 sums; `total`
    is comparable within one answer only.
    """

    total: float
    bm25: float | None
    pairs: float | None
    vector: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found.

    Attributes:
        document_id: the application's id.
        scores: the total and each leg's.
        matched_words: distinct words of the query that ranked it, in the query's order; none where no passages are.
        passage: the passage (parent chunk) that fits best; None for one without text, or where none is asked for.
        child: the part of the passage that fits best.
    """

    document_id: UUID
    scores: Scores
    matched_words: tuple[str, ...]
    passage: Span | None
    child: Span | None


@dataclass(frozen=True, slots=True)
class Results:
    """Hits in rank order, whether there are more after them, and whether words alone ranked them.

    `words_only` is true for a hybrid search that had to do without vectors, because the embedder was not available.

    Attributes:
        unknown_words: words of the query that no document has, nor any of their alternatives; with vectors alone None.
        coverage: how much of the query the first hit of all pages has, by the weight of its words, 0 to 1; None
            likewise.
        similarity: cosine similarity of that hit; None without vectors.
    """

    hits: list[Hit]
    has_more: bool
    words_only: bool = False
    unknown_words: tuple[str, ...] | None = None
    coverage: float | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """What an index holds: documents, passages, and passages with a vector of the model."""

    model_id: str
    documents: int
    passages: int
    vectors: int
