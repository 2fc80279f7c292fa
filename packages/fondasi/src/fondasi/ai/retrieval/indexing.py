"""Writing the index: COPY of prepared documents, and removal.

Each is all or nothing, and part of the caller's transaction if there is one. Writers of one collection run beside each
other: what they share they draw from sequences, and nobody counts in a row that others count in.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from fondasi.ai.retrieval.copying import copy_in
from fondasi.ai.retrieval.errors import CollectionModelError
from fondasi.ai.retrieval.ranking import DEFAULT_RANKING, Ranking
from fondasi.ai.retrieval.segments import Postings, bucket_bits, build_postings, layout, rare
from fondasi.ai.retrieval.vocabulary import remember
from fondasi.kit.db import lift_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    import asyncpg

    from fondasi.ai.embeddings import Vectors
    from fondasi.ai.retrieval.documents import PreparedDocument

_DOCUMENT_COLUMNS = ("collection_id", "ordinal", "document_id", "length", "content_hash", "vector")
_PASSAGE_COLUMNS = (
    *("collection_id", "ordinal", "position", "section", "start_offset", "end_offset"),
    *("children", "words", "vector"),
)


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

    Who writes the same document waits for the other; who writes others waits only for the very first batch.
    """
    if not documents:
        return
    await register_vector(connection)
    async with connection.transaction():
        average_length = await _average_length(connection, collection_id, documents)
        await remove(connection, collection_id, [document.id for document in documents])
        ordinals = await _draw_ordinals(connection, len(documents))
        rows = _document_rows(documents, collection_id, ordinals)
        await _copy(connection, "ai_document", _DOCUMENT_COLUMNS, rows)
        rows = _passage_rows(documents, collection_id, ordinals)
        await _copy(connection, "ai_passage", _PASSAGE_COLUMNS, rows)
        postings = await asyncio.to_thread(build_postings, documents, ordinals, average_length, ranking)
        bits = bucket_bits(int(rare(postings).sum()))
        passages = [passage for document in documents for passage in document.passages]
        vectors = sum(passage.vector is not None for passage in passages)
        segment: int = await connection.fetchval(
            """
            INSERT INTO ai_segment (collection_id, id, bits, postings, documents, passages, vectors, ordinals)
            SELECT $1, nextval('ai_segment_id_seq'), $2, $3, $4, $5, $6, range_agg(int4range(ordinal, ordinal + 1))
            FROM unnest($7::integer[]) AS ordinal
            RETURNING id
            """,
            *(collection_id, bits, len(postings), len(documents), len(passages), vectors, ordinals),
        )
        await copy_postings(connection, postings, bits, collection_id, segment)
        words = set[str]().union(*(document.vocabulary for document in documents))
        await remember(connection, collection_id, words)


async def _average_length(
    connection: asyncpg.Connection, collection_id: int, documents: Sequence[PreparedDocument]
) -> float:
    """The length that BM25 normalises by: the first batch sets it."""
    length: float = await connection.fetchval(
        "SELECT average_length FROM ai_collection WHERE id = $1", collection_id
    )
    if length:
        return length
    mean = sum(document.length for document in documents) / len(documents)
    set_now: float = await connection.fetchval(
        "UPDATE ai_collection SET average_length = CASE WHEN average_length > 0 THEN average_length ELSE $2 END"
        " WHERE id = $1 RETURNING average_length",
        *(collection_id, mean),
    )
    return set_now


async def _draw_ordinals(connection: asyncpg.Connection, count: int) -> list[int]:
    """Ordinals that nobody else has or will have, ascending."""
    rows = await connection.fetch(
        "SELECT nextval('ai_document_ordinal_seq')::integer AS ordinal FROM generate_series(1, $1)", count
    )
    return sorted(row["ordinal"] for row in rows)


async def remove(connection: asyncpg.Connection, collection_id: int, ids: Sequence[UUID]) -> int:
    """Remove documents; returns how many there were. No search finds them again; a merge drops their postings."""
    return int(
        await connection.fetchval(
            """
            WITH gone AS (
                DELETE FROM ai_document WHERE collection_id = $1 AND document_id = ANY($2) RETURNING ordinal
            ), noted AS (
                INSERT INTO ai_removal (collection_id, ordinal, passages, vectors)
                SELECT $1, gone.ordinal, p.passages, p.vectors FROM gone CROSS JOIN LATERAL (
                    SELECT count(*) AS passages, count(vector) AS vectors FROM ai_passage
                    WHERE collection_id = $1 AND ordinal = gone.ordinal
                ) AS p
            )
            SELECT count(*) FROM gone
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


async def copy_postings(
    connection: asyncpg.Connection, postings: Postings, bits: int, collection_id: int, segment_id: int
) -> None:
    """Write postings of a segment: all of every bucket that they touch."""
    ordered, rows = await asyncio.to_thread(layout, postings, bits)
    await copy_in(connection, ordered, rows, collection_id, segment_id)


def _document_rows(
    documents: Sequence[PreparedDocument], collection_id: int, ordinals: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    for place, doc in zip(ordinals, documents, strict=True):
        yield collection_id, place, doc.id, doc.length, doc.content_hash, _half(doc.vector)


def _passage_rows(
    documents: Sequence[PreparedDocument], collection_id: int, ordinals: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    for place, document in zip(ordinals, documents, strict=True):
        for position, item in enumerate(document.passages):
            span = (item.section, item.start, item.end)
            vector = None if item.vector is None else HalfVector(item.vector)
            yield collection_id, place, position, *span, item.children, item.words, vector


def _half(vector: Vectors | None) -> HalfVector | None:
    return HalfVector(vector) if vector is not None and vector.any() else None


async def _copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=columns)
