"""Writing the index: COPY of prepared documents, removal, compaction.

Each is all or nothing, and part of the caller's transaction if there is one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from fondasi.ai.retrieval.errors import CollectionModelError
from fondasi.ai.retrieval.ranking import DEFAULT_RANKING, Ranking
from fondasi.ai.retrieval.segments import Postings, bucket_bits, build_postings, posting_rows, rare
from fondasi.kit.db import lift_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    import asyncpg

    from fondasi.ai.embeddings import Vectors
    from fondasi.ai.retrieval.documents import PreparedDocument

_POSTING_COLUMNS = (
    *("collection_id", "key", "segment_id", "block", "size", "best"),
    *("terms", "documents", "impacts"),
)
_DOCUMENT_COLUMNS = ("collection_id", "ordinal", "document_id", "length", "content_hash", "vector")
_PASSAGE_COLUMNS = (
    *("collection_id", "ordinal", "position", "section", "start_offset", "end_offset"),
    *("children", "words", "vector"),
)
_MAXIMUM_PARTITION_BITS = 6


async def open_collection(connection: asyncpg.Connection, name: str, model_id: str, dimension: int) -> int:
    """The id of a collection, made if there is none.

    Raises:
        CollectionModelError: its vectors come from another model.
    """
    await connection.execute(
        "INSERT INTO ai_collection (name, model_id, dimension) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        name, model_id, dimension,
    )  # fmt: skip
    collection_id = await find_collection(connection, name, model_id, dimension)
    if collection_id is None:
        raise LookupError(f"Collection {name!r} was removed while it was opened.")
    return collection_id


async def find_collection(
    connection: asyncpg.Connection, name: str, model_id: str, dimension: int
) -> int | None:
    """The id of a collection; None if there is none. Raises as `open_collection`."""
    row = await connection.fetchrow("SELECT id, model_id, dimension FROM ai_collection WHERE name = $1", name)
    if row is None:
        return None
    if (row["model_id"], row["dimension"]) != (model_id, dimension):
        raise CollectionModelError(name, stored=row["model_id"], configured=model_id)
    collection_id: int = row["id"]
    return collection_id


async def unchanged(
    connection: asyncpg.Connection, collection_id: int, hashes: dict[UUID, bytes]
) -> set[UUID]:
    """Ids of documents that are indexed with the same content."""
    rows = await connection.fetch(
        "SELECT document_id, content_hash FROM ai_document WHERE collection_id = $1 AND document_id = ANY($2)",
        collection_id, list(hashes),
    )  # fmt: skip
    return {row["document_id"] for row in rows if row["content_hash"] == hashes[row["document_id"]]}


async def write(
    connection: asyncpg.Connection,
    collection_id: int,
    documents: Sequence[PreparedDocument],
    ranking: Ranking = DEFAULT_RANKING,
) -> None:
    """Write documents as one segment, all or none; those with a known id replace the old ones.

    Holds the collection's row until the transaction ends, so that writers take turns.
    """
    if not documents:
        return
    await register_vector(connection)
    async with connection.transaction():
        total = sum(document.length for document in documents)
        (collection,) = await connection.fetch(
            """
            UPDATE ai_collection SET documents = documents + $2, next_ordinal = next_ordinal + $2,
                next_segment = next_segment + 1,
                average_length = CASE WHEN average_length > 0 THEN average_length ELSE $3 END
            WHERE id = $1
            RETURNING next_ordinal - $2 AS ordinal, next_segment - 1 AS segment, average_length
            """,
            collection_id, len(documents), total / len(documents),
        )  # fmt: skip
        await remove(connection, collection_id, [document.id for document in documents])
        ordinal, segment = collection["ordinal"], collection["segment"]
        rows = _document_rows(documents, collection_id, ordinal)
        await _copy(connection, "ai_document", _DOCUMENT_COLUMNS, rows)
        rows = _passage_rows(documents, collection_id, ordinal)
        await _copy(connection, "ai_passage", _PASSAGE_COLUMNS, rows)
        postings = await asyncio.to_thread(
            build_postings, documents, ordinal, collection["average_length"], ranking
        )
        bits = bucket_bits(int(rare(postings).sum()))
        await _add_segment(connection, collection_id, segment, bits, len(postings))
        await _copy_postings(connection, postings, bits, collection_id, segment)


async def remove(connection: asyncpg.Connection, collection_id: int, ids: Sequence[UUID]) -> int:
    """Remove documents; returns how many there were. Their postings stay until compaction."""
    return int(
        await connection.fetchval(
            """
            WITH gone AS (
                DELETE FROM ai_document WHERE collection_id = $1 AND document_id = ANY($2) RETURNING 1
            ), counted AS (SELECT count(*)::int AS n FROM gone),
            updated AS (
                UPDATE ai_collection SET documents = documents - n FROM counted WHERE id = $1 AND n > 0
            )
            SELECT n FROM counted
            """,
            collection_id,
            list(ids),
        )
    )


async def drop_collection(connection: asyncpg.Connection, name: str) -> None:
    """Remove a collection and all that it holds, if there is one."""
    async with connection.transaction():
        await lift_limits(connection)
        collection_id = await connection.fetchval(
            "SELECT id FROM ai_collection WHERE name = $1 FOR UPDATE", name
        )
        await connection.execute("DELETE FROM ai_posting WHERE collection_id = $1", collection_id)
        await connection.execute("DELETE FROM ai_collection WHERE id = $1", collection_id)


async def compact(connection: asyncpg.Connection, collection_id: int) -> int:
    """Merge all segments into one and drop the postings of removed documents; returns how many were merged.

    Works through ranges of the hash, so that memory holds a part of the postings at a time. Run it after a large
    import and from a nightly job. Searches go on meanwhile, writers wait.
    """
    async with connection.transaction():
        await lift_limits(connection)
        target = await connection.fetchval(
            "UPDATE ai_collection SET next_segment = next_segment + 1 WHERE id = $1 RETURNING next_segment - 1",
            collection_id,
        )
        segments = await connection.fetch(
            "SELECT id, bits, postings FROM ai_segment WHERE collection_id = $1 ORDER BY id", collection_id
        )
        if not segments:
            return 0
        size, bits = await _merge(connection, collection_id, segments, target)
        await connection.execute(
            "DELETE FROM ai_posting WHERE collection_id = $1 AND segment_id < $2", collection_id, target
        )
        await connection.execute("DELETE FROM ai_segment WHERE collection_id = $1", collection_id)
        await _add_segment(connection, collection_id, target, bits, size)
    return len(segments)


async def _merge(
    connection: asyncpg.Connection, collection_id: int, segments: Sequence[Any], target: int
) -> tuple[int, int]:
    """Write what lives in the segments as segment `target`; returns its postings and its bits."""
    live = await _live_ordinals(connection, collection_id)
    bits = bucket_bits(sum(segment["postings"] for segment in segments))
    partition_bits = min(_MAXIMUM_PARTITION_BITS, bits, *(segment["bits"] for segment in segments))
    size = 0
    for partition in range(1 << partition_bits):
        parts = [
            await _read_partition(connection, collection_id, segment, partition, partition_bits)
            for segment in segments
        ]
        merged = await asyncio.to_thread(lambda parts: _keep(Postings.concatenate(parts), live), parts)
        await _copy_postings(connection, merged, bits, collection_id, target)
        size += len(merged)
    return size, bits


async def _copy_postings(
    connection: asyncpg.Connection, postings: Postings, bits: int, collection_id: int, segment_id: int
) -> None:
    def rows() -> list[tuple[Any, ...]]:
        return list(posting_rows(postings, bits, collection_id, segment_id))

    await _copy(connection, "ai_posting", _POSTING_COLUMNS, await asyncio.to_thread(rows))


async def _add_segment(
    connection: asyncpg.Connection, collection_id: int, segment_id: int, bits: int, postings: int
) -> None:
    await connection.execute(
        "INSERT INTO ai_segment (collection_id, id, bits, postings) VALUES ($1, $2, $3, $4)",
        collection_id, segment_id, bits, postings,
    )  # fmt: skip


async def _live_ordinals(connection: asyncpg.Connection, collection_id: int) -> np.ndarray[Any, Any]:
    """`(next ordinal,)` bool: whether the document of that ordinal is there."""
    size = await connection.fetchval("SELECT next_ordinal FROM ai_collection WHERE id = $1", collection_id)
    rows = await connection.fetch("SELECT ordinal FROM ai_document WHERE collection_id = $1", collection_id)
    live = np.zeros(size, dtype=bool)
    live[[row["ordinal"] for row in rows]] = True
    return live


def _keep(postings: Postings, live: np.ndarray[Any, Any]) -> Postings:
    kept = live[postings.documents]
    return Postings(postings.terms[kept], postings.documents[kept], postings.impacts[kept])


async def _read_partition(
    connection: asyncpg.Connection, collection_id: int, segment: Any, partition: int, partition_bits: int
) -> Postings:
    """Postings of a segment whose hash begins with the bits of `partition`."""
    low, high = _key_range(partition, partition_bits)
    shift = segment["bits"] - partition_bits
    ranges = ((low, high, "NULL"), (partition << shift, ((partition + 1) << shift) - 1, "NOT NULL"))
    terms: list[int] = []
    documents: list[int] = []
    impacts: list[int] = []
    for first, last, null in ranges:
        rows = await connection.fetch(
            "SELECT key, terms, documents, impacts FROM ai_posting WHERE collection_id = $1"  # noqa: S608
            f" AND segment_id = $2 AND key BETWEEN $3 AND $4 AND terms IS {null}",
            collection_id, segment["id"], first, last,
        )  # fmt: skip
        for row in rows:
            terms += row["terms"] if row["terms"] is not None else [row["key"]] * len(row["documents"])
            documents += row["documents"]
            impacts += row["impacts"]
    return Postings.sort(
        np.array(terms, dtype=np.int64).view(np.uint64),
        np.array(documents, dtype=np.int32),
        np.array(impacts, dtype=np.int16),
    )


def _key_range(partition: int, partition_bits: int) -> tuple[int, int]:
    """First and last key, as signed 64-bit numbers, whose leading bits are `partition`."""
    if not partition_bits:
        return -(1 << 63), (1 << 63) - 1
    width = 1 << (64 - partition_bits)
    low = partition * width
    low -= (1 << 64) if low >= 1 << 63 else 0
    return low, low + width - 1


def _document_rows(
    documents: Sequence[PreparedDocument], collection_id: int, ordinal: int
) -> Iterator[tuple[Any, ...]]:
    for place, doc in enumerate(documents, ordinal):
        yield collection_id, place, doc.id, doc.length, doc.content_hash, _half(doc.vector)


def _passage_rows(
    documents: Sequence[PreparedDocument], collection_id: int, ordinal: int
) -> Iterator[tuple[Any, ...]]:
    for place, document in enumerate(documents, ordinal):
        for position, item in enumerate(document.passages):
            span = (item.section, item.start, item.end)
            yield collection_id, place, position, *span, item.children, item.words, _half(item.vector)


def _half(vector: Vectors | None) -> HalfVector | None:
    return HalfVector(vector) if vector is not None and vector.any() else None


async def _copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=columns)
