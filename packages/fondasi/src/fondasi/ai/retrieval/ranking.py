"""The parameters of the ranking. `docs/adr/20261120-lexical-retrieval-in-postgresql.md` tells how they were chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_TOLD = 0.2  # of the vector weight, for a query that says nothing to the vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the lexical score and of the fusion with vectors.

    The lexical score of a document is the BM25 sum over the distinct words of the query, plus `pair_weight` times
    the BM25 sum over its adjacent pairs, plus `run_weight` times the smaller idf of every two pairs that overlap
    in the query and both occur (three words in a row). The fused score is

        lexical / best lexical + vector weight x cosine similarity

    where the vector weight falls from `vector_weight` to zero as queries grow long (`long_query`: where it is half),
    as they say less to the vectors (`telling`), and as the best document stands out (`standing_out`: the tenth score
    divided by the first).

    Attributes:
        k1: saturation of term frequency. Applied when a document is indexed.
        b: strength of length normalisation. Applied when a document is indexed.
        pair_weight: weight of pairs.
        run_weight: weight of runs.
        postings_budget: postings read for one query, however many documents there are. The rarest terms come first,
            and two are always read: of each about as many of its best postings as the budget, where it has more.
        candidates: documents taken from each leg into the fusion: as many as can be paged through, whatever page is
            asked for, so that every page is cut from the same order.
        vector_weight: weight of the cosine similarity for short queries.
        long_query: words at which the vector weight is halved.
        standing_out: `(low, high)`: at or below `low` the vector weight is a tenth, from `high` on it is whole.
        telling: `(low, high)`: what a query says to the vectors, where the embedder tells it (`Weighing`). At `low`
            the vector weight is a fifth at most, from `high` on it is whole.
        rare: `(low, high)`: shares of all documents, for embedders that do not tell. Where the rarest word of the query
            that some document has is in at most `low` of them, words are trusted: the vector weight is a tenth; from
            `high` on it is whole.
    """

    k1: float = 1.2
    b: float = 0.75
    pair_weight: float = 0.4
    run_weight: float = 0.3
    postings_budget: int = 5000
    candidates: int = 1000
    vector_weight: float = 4.0
    long_query: float = 22.0
    standing_out: tuple[float, float] = (0.2, 0.5)
    telling: tuple[float, float] = (1.6, 4.2)
    rare: tuple[float, float] = (0.005, 0.05)

    def query_vector_weight(self, words: int, weight: float | None = None) -> float:
        """The vector weight for a query, before damping by a document that stands out or by a rare word.

        Args:
            words: how many it has.
            weight: what it says to the vectors, as `Weighing.weigh` gives it.
        """
        low, high = self.telling
        share = 1.0 if weight is None else min(1.0, max(LEAST_TOLD, (weight - low) / (high - low)))
        return share * self.vector_weight / (1 + math.exp((words - self.long_query) / 2))


DEFAULT_RANKING = Ranking()
