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
_WORD_BYTES = 4
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
        own = np.array([weights.get(word, 0.0) for word in sequence.tolist()], dtype=np.float64)
        low = (sequence & _LOW_HALF).astype(np.uint32)
        counted = own > 0  # the others, the most frequent ones, would only take time
        self._words, first, places = np.unique(low[counted], return_index=True, return_inverse=True)
        self._weights = own[counted][first]
        count = len(self._words)
        adjacent = np.diff(np.flatnonzero(counted)) == 1
        self._pairs = np.unique((places[:-1] * count + places[1:])[adjacent])
        first_words, second_words = np.divmod(self._pairs, max(count, 1))
        self._pair_weights = _ADJACENT * np.minimum(self._weights[first_words], self._weights[second_words])
        self._total = float(self._weights.sum() + self._pair_weights.sum()) or 1.0
        self._vector_weight = vector_weight
        self._table = np.zeros(65_536, dtype=bool)
        self._table[self._words.astype(np.uint16)] = True  # the low bits

    def pick(self, documents: Sequence[Any]) -> dict[int, tuple[Span, Span]]:
        """The best passage and its best child, for each document by its ordinal.

        Args:
            documents: rows of the search statement. Those of documents without passages are passed over.
        """
        documents = [document for document in documents if document["sections"]]
        words = np.frombuffer(b"".join([document["words"] for document in documents]), dtype="<u4")
        edges = _begins([size for document in documents for size in document["words_sizes"]]) // _WORD_BYTES
        similarities = [similarity for document in documents for similarity in document["similarities"]]
        scores = self._coverage(words, edges)
        scores += self._vector_weight * np.nan_to_num(np.array(similarities, dtype=np.float64))
        first, chosen = 0, []
        for document in documents:
            last = first + len(document["sections"])
            chosen.append(int(scores[first:last].argmax()))
            first = last
        children = self._children(documents, chosen)
        return {
            document["ordinal"]: (_span(document, place), child)
            for document, place, child in zip(documents, chosen, children, strict=True)
        }

    def _children(self, documents: Sequence[Any], chosen: Sequence[int]) -> list[Span]:
        """The best child of the chosen passage of each document."""
        passages, starts, edges, before = [], [], [], 0
        for document, place in zip(documents, chosen, strict=True):
            words = _part(document["words"], document["words_sizes"], place)
            children = _part(document["children"], document["children_sizes"], place)
            places, words_before = np.frombuffer(children, dtype="<i4").reshape(-1, 2).T
            passages.append(words)
            starts.append(places)
            edges.append(words_before + before)
            before += len(words) // _WORD_BYTES
        if not passages:
            return []
        coverage = self._coverage(np.frombuffer(b"".join(passages), dtype="<u4"), np.concatenate(edges))
        first, spans = 0, []
        for document, place, places in zip(documents, chosen, starts, strict=True):
            best = int(coverage[first : first + len(places)].argmax())
            end = int(places[best + 1]) if best + 1 < len(places) else document["ends"][place]
            spans.append(Span(document["sections"][place], int(places[best]), end))
            first += len(places)
        return spans

    def _coverage(self, words: NDArray[np.uint32], edges: NDArray[np.intp]) -> NDArray[np.float64]:
        """How much of the query stands in each part of a text, from 0 to 1, `(len(edges),)`.

        Args:
            words: low halves of the hashes of the text's words.
            edges: where each part begins; ascending, the first is 0.
        """
        count, parts = len(self._words), len(edges)
        places = self._table.take(words.astype(np.uint16)).nonzero()[0]
        if not len(places):
            return np.zeros(parts)
        found = words[places]
        numbers = np.minimum(self._words.searchsorted(found), count - 1)
        exact = self._words[numbers] == found
        places, numbers = places[exact], numbers[exact]
        owners = edges.searchsorted(places, side="right") - 1
        total = _distinct_sum(owners, numbers, self._weights, parts)
        if len(self._pairs):
            adjacent = (places[1:] - places[:-1] == 1) & (owners[1:] == owners[:-1])
            pairs = (numbers[:-1] * count + numbers[1:])[adjacent]
            indexes = np.minimum(self._pairs.searchsorted(pairs), len(self._pairs) - 1)
            known = self._pairs[indexes] == pairs
            total += _distinct_sum(owners[1:][adjacent][known], indexes[known], self._pair_weights, parts)
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


def _begins(sizes: Sequence[int]) -> NDArray[np.intp]:
    """Where each of several parts begins that stand one behind the other. An empty part begins where the next does."""
    lengths = np.array(sizes, dtype=np.intp)
    return np.cumsum(lengths) - lengths


def _part(joined: bytes, sizes: Sequence[int], place: int) -> bytes:
    begin = sum(sizes[:place])
    return joined[begin : begin + sizes[place]]


def _span(document: Any, place: int) -> Span:
    return Span(document["sections"][place], document["starts"][place], document["ends"][place])
