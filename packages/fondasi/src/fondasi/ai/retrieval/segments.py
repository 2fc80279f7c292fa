"""Postings in memory, and their layout in rows of `ai_posting`.

A term that occurs in at least `FREQUENT` documents of a segment has a row of its own. Rarer ones, the great majority
of pairs, share buckets of about `BUCKET_SIZE` postings by the leading bits of their hash: a row per rare term would
cost four times the space. The postings of a very frequent term stand in blocks, the best impacts first, so that a
search can read the best of them and leave the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fondasi.ai.retrieval.documents import PreparedDocument
    from fondasi.ai.retrieval.ranking import Ranking
    from fondasi.ai.retrieval.tokens import Hashes

FREQUENT = 32
BUCKET_SIZE = 64
BLOCK_SIZE = 1024  # postings in the first block of a term
IMPACT_SCALE = 1000  # impacts are stored as thousandths


@dataclass(frozen=True, slots=True)
class Postings:
    """Parallel arrays of shape `(n,)`, sorted by term."""

    terms: Hashes
    documents: NDArray[np.int32]
    impacts: NDArray[np.int16]

    @classmethod
    def sort(cls, terms: Hashes, documents: NDArray[np.int32], impacts: NDArray[np.int16]) -> Postings:
        """Postings from arrays in any order of terms."""
        return cls(terms, documents, impacts)[np.argsort(terms, kind="stable")]

    @classmethod
    def concatenate(cls, parts: Sequence[Postings]) -> Postings:
        """Postings of several segments together."""
        return cls.sort(
            np.concatenate([part.terms for part in parts]),
            np.concatenate([part.documents for part in parts]),
            np.concatenate([part.impacts for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.terms)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Postings:
        """Some of them, by a mask or by their places."""
        return Postings(self.terms[which], self.documents[which], self.impacts[which])

    def __add__(self, other: Postings) -> Postings:
        """Others behind them, unsorted."""
        return Postings(
            np.concatenate([self.terms, other.terms]),
            np.concatenate([self.documents, other.documents]),
            np.concatenate([self.impacts, other.impacts]),
        )


def saturation(
    frequencies: NDArray[np.int32], length: int, average_length: float, ranking: Ranking
) -> NDArray[np.int16]:
    """BM25's term-frequency part, in thousandths: `tf (k1 + 1) / (tf + k1 (1 - b + b length / average))`."""
    k1, b = ranking.k1, ranking.b
    norm = k1 * (1 - b + b * length / average_length) if average_length > 0 else k1
    return np.rint(IMPACT_SCALE * frequencies * (k1 + 1) / (frequencies + norm)).astype(np.int16)


def build_postings(
    documents: Sequence[PreparedDocument], ordinals: Sequence[int], average_length: float, ranking: Ranking
) -> Postings:
    """Postings of a batch, each document with its ordinal."""
    if not documents:
        return Postings(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int16))
    return Postings.sort(
        np.concatenate([document.terms for document in documents]),
        np.repeat(np.array(ordinals, dtype=np.int32), [len(document.terms) for document in documents]),
        np.concatenate(
            [saturation(doc.frequencies, doc.length, average_length, ranking) for doc in documents]
        ),
    )


def bucket_bits(rare_postings: int) -> int:
    """Leading bits of a hash that name its bucket, for that many postings of rare terms."""
    return max(0, int(rare_postings // BUCKET_SIZE).bit_length())


def rare(postings: Postings) -> NDArray[np.bool_]:
    """Which postings, `(n,)`, belong to terms that occur in fewer than `FREQUENT` documents."""
    starts, stops = _bounds(postings.terms)
    counts = stops - starts
    return np.repeat(counts < FREQUENT, counts)


class Row(NamedTuple):
    """A row of `ai_posting`: which postings, `start:stop` of `layout`'s, and what stands beside them.

    There are some hundred for each document: a tuple is made in a quarter of the time of a frozen dataclass.
    """

    key: int
    block: int
    best: int
    start: int
    stop: int
    is_bucket: bool


def layout(postings: Postings, bits: int) -> tuple[Postings, list[Row]]:
    """Rows of `ai_posting`, and the postings in the order of the rows.

    Args:
        postings: sorted; all postings of every bucket that they touch.
        bits: of the segment, see `bucket_bits`.
    """
    is_rare = rare(postings)
    ordered, rows = _blocks(postings[~is_rare])
    buckets = postings[is_rare]
    names = buckets.terms >> np.uint64(64 - bits) if bits else np.zeros(len(buckets), np.uint64)
    starts, stops = _bounds(names)
    first = len(ordered)
    for key, start, stop in zip(names[starts].tolist(), starts.tolist(), stops.tolist(), strict=True):
        rows.append(Row(key, 0, 0, first + start, first + stop, is_bucket=True))
    return ordered + buckets, rows


def _blocks(postings: Postings) -> tuple[Postings, list[Row]]:
    """Rows of frequent terms: each block is as long as all before it, and no impact in it is higher than theirs."""
    starts, stops = _bounds(postings.terms)
    order = np.arange(len(postings))
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        if stop - start > BLOCK_SIZE:
            order[start:stop] = start + np.argsort(-postings.impacts[start:stop], kind="stable")
    ordered = postings[order]
    keys = postings.terms[starts].view(np.int64).tolist()
    best = np.maximum.reduceat(ordered.impacts, starts).tolist() if len(starts) else []
    rows = []
    for key, start, stop, highest in zip(keys, starts.tolist(), stops.tolist(), best, strict=True):
        block, first, last = 0, start, start + BLOCK_SIZE
        while first < stop:
            own = highest if not block else int(ordered.impacts[first])
            rows.append(Row(key, block, own, first, min(last, stop), is_bucket=False))
            block, first, last = block + 1, last, start + 2 * (last - start)
    return ordered, rows


def _bounds(values: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where runs of equal values begin and end in a sorted array."""
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    if not len(values):
        return edges, edges
    return np.append(0, edges), np.append(edges, len(values))
