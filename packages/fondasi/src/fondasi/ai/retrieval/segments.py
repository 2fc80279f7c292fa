"""Postings in memory, and their layout in rows of `ai_posting`.

A term that occurs in at least `FREQUENT` documents of a segment has a row of its own. Rarer ones, the great majority
of pairs, share buckets of about `BUCKET_SIZE` postings by the leading bits of their hash: a row per rare term would
cost four times the space. The postings of a very frequent term stand in blocks, the best impacts first, so that a
search can read the best of them and leave the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        order = np.argsort(terms, kind="stable")
        return cls(terms[order], documents[order], impacts[order])

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


def posting_rows(
    postings: Postings, bits: int, collection_id: int, segment_id: int
) -> Iterator[tuple[Any, ...]]:
    """Rows for COPY into `ai_posting`: collection, key, segment, block, size, best, terms, documents, impacts.

    Args:
        postings: sorted; all postings of every bucket that they touch.
        bits: of the segment, see `bucket_bits`.
        collection_id: of the rows.
        segment_id: of the rows.
    """
    is_rare = rare(postings)
    frequent = ~is_rare
    yield from _block_rows(
        Postings(postings.terms[frequent], postings.documents[frequent], postings.impacts[frequent]),
        collection_id,
        segment_id,
    )
    terms = postings.terms[is_rare]
    starts, stops = _bounds(terms >> np.uint64(64 - bits) if bits else terms * np.uint64(0))
    keys = (terms[starts] >> np.uint64(64 - bits) if bits else terms[starts] * np.uint64(0)).tolist()
    signed = terms.view(np.int64).tolist()
    documents, impacts = postings.documents[is_rare].tolist(), postings.impacts[is_rare].tolist()
    for key, start, stop in zip(keys, starts.tolist(), stops.tolist(), strict=True):
        own = slice(start, stop)
        yield collection_id, key, segment_id, 0, stop - start, 0, signed[own], documents[own], impacts[own]


def _block_rows(postings: Postings, collection_id: int, segment_id: int) -> Iterator[tuple[Any, ...]]:
    """Rows of frequent terms: each block is as long as all before it, and no impact in it is higher than theirs."""
    starts, stops = _bounds(postings.terms)
    keys = postings.terms[starts].view(np.int64).tolist()
    for key, start, stop in zip(keys, starts.tolist(), stops.tolist(), strict=True):
        documents, impacts = postings.documents[start:stop], postings.impacts[start:stop]
        if stop - start > BLOCK_SIZE:
            order = np.argsort(-impacts, kind="stable")
            documents, impacts = documents[order], impacts[order]
        block, first, last = 0, 0, BLOCK_SIZE
        while first < stop - start:
            own = impacts[first:last]
            head = (collection_id, key, segment_id, block, len(own), int(own.max()))
            yield *head, None, documents[first:last].tolist(), own.tolist()
            block, first, last = block + 1, last, 2 * last


def _bounds(values: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where runs of equal values begin and end in a sorted array."""
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    if not len(values):
        return edges, edges
    return np.append(0, edges), np.append(edges, len(values))
