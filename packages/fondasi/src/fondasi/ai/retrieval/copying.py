"""Postings in the binary format of COPY, straight from arrays and back.

A decision has ten thousand postings of three numbers each: a Python object for each number would be most of what an
import costs. The format is described at https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format"). An
array is its dimensions (1), whether it has NULLs, the type of its elements, length, lower bound, then each element
behind its size, all of it with the highest byte first.
"""

from __future__ import annotations

import asyncio
from struct import Struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    import asyncpg
    from numpy.typing import NDArray

    from fondasi.ai.retrieval.segments import Postings, Row

COLUMNS = (
    *("collection_id", "segment_id", "key", "block", "size", "best"),
    *("terms", "documents", "impacts"),
)
_POSTINGS_AT_ONCE = 1 << 17
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_SCALARS = Struct(">h ii ii iq ih ii ih")  # how many columns, then each of the first six behind its size
_ARRAY = Struct(">i iiiii")
_ARRAY_HEAD = 20  # bytes of an array before its first element
_NULL = b"\xff\xff\xff\xff"
_BIGINT, _INTEGER, _SMALLINT = (20, 8), (23, 4), (21, 2)  # oid and bytes


async def copy_in(
    connection: asyncpg.Connection,
    postings: Postings,
    rows: Sequence[Row],
    collection_id: int,
    segment_id: int,
) -> None:
    """Write rows of `ai_posting`; `postings` and `rows` as `segments.layout` gives them."""
    parts = encode(postings, rows, collection_id, segment_id)

    async def source() -> AsyncIterator[bytes]:
        while part := await asyncio.to_thread(next, parts, b""):
            yield part

    await connection.copy_to_table("ai_posting", source=source(), columns=COLUMNS, format="binary")


def encode(postings: Postings, rows: Sequence[Row], collection_id: int, segment_id: int) -> Iterator[bytes]:
    """The file that COPY reads, in parts of some megabytes."""
    yield _SIGNATURE
    first = 0
    while first < len(rows):
        last, start = first, rows[first].start
        while (last < len(rows) and rows[last].stop - start <= _POSTINGS_AT_ONCE) or last == first:
            last += 1
        yield _encode_rows(postings, rows[first:last], collection_id, segment_id)
        first = last
    yield _END


def decode(arrays: Sequence[bytes], size: int) -> NDArray[np.signedinteger]:
    """The elements, of `size` bytes each, of arrays that `array_send` gave, in one array."""
    joined = b"".join([array[_ARRAY_HEAD:] for array in arrays])
    found: NDArray[np.signedinteger] = np.frombuffer(joined, _element(size))["value"].astype(f"=i{size}")
    return found


def _encode_rows(postings: Postings, rows: Sequence[Row], collection_id: int, segment_id: int) -> bytes:
    start, stop = rows[0].start, rows[-1].stop
    terms = _elements(postings.terms[start:stop].view(np.int64), _BIGINT)
    documents = _elements(postings.documents[start:stop], _INTEGER)
    impacts = _elements(postings.impacts[start:stop], _SMALLINT)
    parts: list[bytes | memoryview] = []
    for row in rows:
        size, first, last = row.stop - row.start, row.start - start, row.stop - start
        parts.append(
            _SCALARS.pack(
                *(len(COLUMNS), 4, collection_id, 4, segment_id, 8, row.key, 2, row.block),
                *(4, size, 2, row.best),
            )
        )
        if row.is_bucket:
            parts += (_head(_BIGINT, size), terms[12 * first : 12 * last])
        else:
            parts.append(_NULL)
        parts += (_head(_INTEGER, size), documents[8 * first : 8 * last])
        parts += (_head(_SMALLINT, size), impacts[6 * first : 6 * last])
    return b"".join(parts)


def _head(kind: tuple[int, int], size: int) -> bytes:
    oid, width = kind
    return _ARRAY.pack(_ARRAY_HEAD + size * (4 + width), 1, 0, oid, size, 1)


def _elements(values: NDArray[np.signedinteger], kind: tuple[int, int]) -> memoryview:
    width = kind[1]
    elements = np.empty(len(values), _element(width))
    elements["size"] = width
    elements["value"] = values
    return elements.view(np.uint8).data


def _element(width: int) -> np.dtype[np.void]:
    return np.dtype([("size", ">i4"), ("value", f">i{width}")])
