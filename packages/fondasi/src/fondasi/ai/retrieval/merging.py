"""Merging segments, a bounded step at a time.

A step merges at most 16 segments, none of them bigger than those before it together, so that a posting is written some
times as often as the collection doubled. It is one transaction: what stops it leaves the segments as they were. Steps
of one collection never run beside each other; searches and writers go on.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np

from fondasi.ai.retrieval.copying import decode
from fondasi.ai.retrieval.indexing import copy_postings
from fondasi.ai.retrieval.segments import Postings, bucket_bits
from fondasi.kit.db import lift_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg
    from numpy.typing import NDArray

MOST_SEGMENTS = 16  # in a step
MOST_DOCUMENTS = 500_000  # in a merged segment
SMALL = 2000  # documents up to which segments count as equal: to merge them costs a second
REMOVED_SHARE = 0.1  # of a segment's documents, that make it worth writing anew
OLDEST_REMOVAL = "7 days"  # after which a removed document's postings go, however few they are
_LOCK = 0x6D65726765 & 0x7FFFFFFF  # "merge"
_MAXIMUM_PARTITION_BITS = 6
_SEGMENTS = f"""
SELECT s.id, s.bits, s.postings, s.documents, r.removed,
    r.removed > 0 AND (
        s.documents <= {SMALL} OR r.removed >= {REMOVED_SHARE} * s.documents
        OR r.first < now() - interval '{OLDEST_REMOVAL}'
    ) AS is_worn
FROM ai_segment s CROSS JOIN LATERAL (
    SELECT count(*) AS removed, min(removed_at) AS first FROM ai_removal
    WHERE collection_id = $1 AND s.ordinals @> ordinal
) AS r
WHERE s.collection_id = $1
ORDER BY s.documents, s.id
"""  # noqa: S608 - constants
_MERGED = """
WITH merged AS (
    DELETE FROM ai_segment WHERE collection_id = $1 AND id = ANY($2)
    RETURNING ordinals, documents, passages, vectors
), whole AS (
    SELECT range_agg(ordinals) AS ordinals FROM merged
), removed AS (
    DELETE FROM ai_removal USING whole WHERE collection_id = $1 AND whole.ordinals @> ordinal
    RETURNING passages, vectors
), numbers AS (
    SELECT sum(documents) - (SELECT count(*) FROM removed) AS documents,
        sum(passages) - (SELECT coalesce(sum(passages), 0) FROM removed) AS passages,
        sum(vectors) - (SELECT coalesce(sum(vectors), 0) FROM removed) AS vectors
    FROM merged
)
INSERT INTO ai_segment (collection_id, id, bits, postings, documents, passages, vectors, ordinals)
SELECT $1, nextval('ai_segment_id_seq'), $3, 0, documents, passages, vectors, coalesce(ordinals, '{}')
FROM numbers CROSS JOIN whole
RETURNING id
"""


async def merge(connection: asyncpg.Connection, collection_id: int, least: int) -> int:
    """One step; see `Index.merge`."""
    async with connection.transaction():
        await lift_limits(connection)
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", _LOCK, collection_id):
            return 0
        segments = choose(await connection.fetch(_SEGMENTS, collection_id), least)
        if not segments:
            return 0
        ids = [segment["id"] for segment in segments]
        bits = bucket_bits(sum(segment["postings"] for segment in segments))
        target = await connection.fetchval(_MERGED, collection_id, ids, bits)
        size = await _write(connection, collection_id, segments, target, bits)
        await connection.execute(
            "DELETE FROM ai_posting WHERE collection_id = $1 AND segment_id = ANY($2)", collection_id, ids
        )
        await connection.execute(
            "UPDATE ai_segment SET postings = $3 WHERE collection_id = $1 AND id = $2",
            *(collection_id, target, size),
        )
    return len(segments)


def choose(segments: Sequence[Any], least: int) -> Sequence[Any]:
    """The segments to merge next.

    Args:
        segments: rows with `documents` and `is_worn`, the smallest first.
        least: how many are worth it.
    """
    count, documents, together = 0, 0, 0
    for place, segment in enumerate(segments[:MOST_SEGMENTS], start=1):
        size = max(SMALL, segment["documents"])
        if documents + segment["documents"] > MOST_DOCUMENTS:
            break
        if size <= together:
            count = place
        documents += segment["documents"]
        together += size
    if count >= max(2, least):
        return segments[:count]
    return [segment for segment in segments if segment["is_worn"]][:1]


async def _write(
    connection: asyncpg.Connection, collection_id: int, segments: Sequence[Any], target: int, bits: int
) -> int:
    """Write what lives in the segments as segment `target`; returns how many postings it has.

    Works through ranges of the hash, so that memory holds a part of the postings at a time.
    """
    live = await _live_ordinals(connection, collection_id, target)
    partition_bits = min(_MAXIMUM_PARTITION_BITS, bits, *(segment["bits"] for segment in segments))
    size = 0
    for partition in range(1 << partition_bits):
        parts = [
            await _read_partition(connection, collection_id, segment, partition, partition_bits)
            for segment in segments
        ]
        merged = await asyncio.to_thread(lambda parts: _keep(Postings.concatenate(parts), live), parts)
        await copy_postings(connection, merged, bits, collection_id, target)
        size += len(merged)
    return size


async def _live_ordinals(
    connection: asyncpg.Connection, collection_id: int, target: int
) -> NDArray[np.int32]:
    """Ordinals, ascending, of the documents of a segment that are still there."""
    ordinals = await connection.fetchval(
        "SELECT array_agg(d.ordinal ORDER BY d.ordinal) FROM ai_segment s JOIN ai_document d"
        " ON d.collection_id = $1 AND d.ordinal >= lower(s.ordinals) AND d.ordinal < upper(s.ordinals)"
        " WHERE s.collection_id = $1 AND s.id = $2",
        *(collection_id, target),
    )
    return np.array(ordinals or [], dtype=np.int32)


def _keep(postings: Postings, live: NDArray[np.int32]) -> Postings:
    if not len(live):
        return postings[np.zeros(len(postings), dtype=bool)]
    places = np.minimum(np.searchsorted(live, postings.documents), len(live) - 1)
    return postings[live[places] == postings.documents]


async def _read_partition(
    connection: asyncpg.Connection, collection_id: int, segment: Any, partition: int, partition_bits: int
) -> Postings:
    """Postings of a segment whose hash begins with the bits of `partition`."""
    low, high = _key_range(partition, partition_bits)
    shift = segment["bits"] - partition_bits
    ranges = ((low, high, "NULL"), (partition << shift, ((partition + 1) << shift) - 1, "NOT NULL"))
    parts = []
    for first, last, null in ranges:
        rows = await connection.fetch(
            "SELECT key, size, array_send(terms) AS terms, array_send(documents) AS documents,"  # noqa: S608
            " array_send(impacts) AS impacts FROM ai_posting WHERE collection_id = $1"
            f" AND segment_id = $2 AND key BETWEEN $3 AND $4 AND terms IS {null}",
            collection_id, segment["id"], first, last,
        )  # fmt: skip
        parts.append(_postings(rows, buckets=null == "NOT NULL"))
    return Postings.concatenate(parts)


def _postings(rows: Sequence[Any], *, buckets: bool) -> Postings:
    if buckets:
        terms = decode([row["terms"] for row in rows], 8)
    else:
        keys = np.array([row["key"] for row in rows], dtype=np.int64)
        terms = np.repeat(keys, np.array([row["size"] for row in rows], dtype=np.int64))
    return Postings(
        terms.view(np.uint64),
        decode([row["documents"] for row in rows], 4),
        decode([row["impacts"] for row in rows], 2),
    )


def _key_range(partition: int, partition_bits: int) -> tuple[int, int]:
    """First and last key, as signed 64-bit numbers, whose leading bits are `partition`."""
    if not partition_bits:
        return -(1 << 63), (1 << 63) - 1
    width = 1 << (64 - partition_bits)
    low = partition * width
    low -= (1 << 64) if low >= 1 << 63 else 0
    return low, low + width - 1
