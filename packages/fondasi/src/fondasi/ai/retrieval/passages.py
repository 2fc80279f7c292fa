"""The best passage of a document for a query, and the child in it that matches most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fondasi.ai.retrieval.tokens import Hashes

_LOW_HALF = np.uint64(0xFFFFFFFF)
_LOW_BITS = np.uint32(0xFFFF)
_ADJACENT = 0.5  # what two neighbouring matches add, relative to the rarer word's weight


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a section's text."""

    section: str
    start: int
    end: int


class PassagePicker:
    """Scores the passages of documents against one query.

    A passage's score is the summed weight (idf) of the distinct query words in it, plus half the weight of pairs of
    the query that stand in it, relative to all that the query could give; plus its vector's cosine similarity times
    the query's vector weight (at most 1). The child is picked by the words alone, the first of the best.
    """

    def __init__(self, sequence: Hashes, weights: Mapping[int, float], vector_weight: float) -> None:
        """Keep the query.

        Args:
            sequence: hashes of the query's words in order.
            weights: weight per hash; a word that is absent weighs nothing.
            vector_weight: how much the similarity of vectors counts against full lexical coverage.
        """
        low = (sequence & _LOW_HALF).astype(np.uint32)
        self._words, first = np.unique(low, return_index=True)
        self._weights = np.array(
            [weights.get(int(sequence[place]), 0.0) for place in first], dtype=np.float64
        )
        places = np.searchsorted(self._words, low)
        count = len(self._words)
        self._pairs = np.unique(places[:-1] * count + places[1:])
        self._pair_weights = _ADJACENT * np.minimum(
            self._weights[self._pairs // count] if count else 0,
            self._weights[self._pairs % count] if count else 0,
        )
        self._total = float(self._weights.sum() + self._pair_weights.sum()) or 1.0
        self._vector_weight = vector_weight
        self._table = np.zeros(65_536, dtype=bool)
        self._table[(self._words & _LOW_BITS).astype(np.intp)] = True

    def pick(self, passages: Sequence[Any]) -> dict[int, tuple[Span, Span]]:
        """The best passage and its best child, for each document by its ordinal.

        Args:
            passages: rows with the columns of `models.Passage` and `similarity`, of any number of documents.
        """
        words, edges = _concatenate([row["words"] for row in passages])
        coverage = self._coverage(words, edges)
        chosen: dict[int, tuple[float, int]] = {}
        for place, row in enumerate(passages):
            score = coverage[place] + self._vector_weight * (row["similarity"] or 0.0)
            if row["ordinal"] not in chosen or score > chosen[row["ordinal"]][0]:
                chosen[row["ordinal"]] = (score, place)
        return {ordinal: self._spans(passages[place]) for ordinal, (_, place) in chosen.items()}

    def _spans(self, row: Any) -> tuple[Span, Span]:
        starts, words_before = np.frombuffer(row["children"], dtype="<i4").reshape(-1, 2).T
        coverage = self._coverage(np.frombuffer(row["words"], dtype="<u4"), words_before)
        best = int(np.argmax(coverage))
        end = int(starts[best + 1]) if best + 1 < len(starts) else row["end_offset"]
        return (
            Span(row["section"], row["start_offset"], row["end_offset"]),
            Span(row["section"], int(starts[best]), end),
        )

    def _coverage(self, words: NDArray[np.uint32], edges: NDArray[np.intp]) -> NDArray[np.float64]:
        """How much of the query stands in each part of a text, from 0 to 1, `(len(edges),)`.

        Args:
            words: low halves of the hashes of the text's words.
            edges: where each part begins; ascending, the first is 0.
        """
        places = np.flatnonzero(self._table[words & _LOW_BITS])
        numbers = np.minimum(np.searchsorted(self._words, words[places]), max(len(self._words) - 1, 0))
        exact = self._words[numbers] == words[places] if len(places) else np.zeros(0, dtype=bool)
        places, numbers = places[exact], numbers[exact]
        owners = np.searchsorted(edges, places, side="right") - 1
        count, parts = len(self._words), len(edges)
        total = _distinct_sum(owners, numbers, self._weights, parts)
        if len(self._pairs):
            adjacent = (np.diff(places) == 1) & (np.diff(owners) == 0)
            pairs = numbers[:-1][adjacent] * count + numbers[1:][adjacent]
            indexes = np.minimum(np.searchsorted(self._pairs, pairs), len(self._pairs) - 1)
            known = self._pairs[indexes] == pairs
            total += _distinct_sum(owners[:-1][adjacent][known], indexes[known], self._pair_weights, parts)
        return np.asarray(total / self._total)


def _distinct_sum(
    owners: NDArray[np.intp], items: NDArray[np.intp], weights: NDArray[np.float64], parts: int
) -> NDArray[np.float64]:
    """Sum of the weights of the distinct items of each owner, `(parts,)`."""
    if not len(items):
        return np.zeros(parts)
    seen = np.zeros(parts * len(weights), dtype=bool)  # what np.unique would give, in a fifth of its time
    seen[owners * len(weights) + items] = True
    unique = np.flatnonzero(seen)
    sums = np.bincount(unique // len(weights), weights[unique % len(weights)], parts)
    return sums.astype(np.float64, copy=False)


def _concatenate(parts: Sequence[bytes]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Words of all parts, and where each part begins. An empty part begins where the next one does."""
    lengths = np.array([len(part) // 4 for part in parts], dtype=np.intp)
    edges = np.cumsum(lengths) - lengths
    return np.frombuffer(b"".join(parts), dtype="<u4"), edges
