import struct
from collections import defaultdict
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.ai.retrieval.copying import decode, encode
from fondasi.ai.retrieval.documents import PreparedDocument
from fondasi.ai.retrieval.ranking import Ranking
from fondasi.ai.retrieval.segments import (
    BLOCK_SIZE,
    FREQUENT,
    Postings,
    Row,
    bucket_bits,
    build_postings,
    layout,
    rare,
    saturation,
)


def prepared(number: int, terms: list[int]) -> PreparedDocument:
    hashes = np.array(sorted(terms), dtype=np.uint64)
    return PreparedDocument(UUID(int=number), b"", 10, hashes, np.ones(len(terms), np.int32))


def test_saturation_is_bm25_in_thousandths():
    values = saturation(np.array([1, 2, 1000], np.int32), 100, 100.0, Ranking(k1=1.2, b=0.75))
    assert values.tolist() == [1000, 1375, 2197]
    longer = saturation(np.array([1], np.int32), 200, 100.0, Ranking(k1=1.2, b=0.75))
    assert longer[0] == pytest.approx(1000 * 2.2 / (1 + 1.2 * 1.75), abs=1)


def test_saturation_without_an_average_length():
    assert saturation(np.array([1], np.int32), 0, 0.0, Ranking()).tolist() == [1000]


@given(
    st.lists(
        st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=30), min_size=1, max_size=FREQUENT + 8
    )
)
def test_rows_hold_every_posting_once(documents):
    batch = [prepared(n, list(t)) for n, t in enumerate(documents)]
    postings = build_postings(batch, range(100, 100 + len(batch)), 10.0, Ranking())
    bits = bucket_bits(int(rare(postings).sum()))
    seen = defaultdict(list)
    keys = set()
    ordered, rows = layout(postings, bits)
    assert [row.start for row in rows] == [0, *(row.stop for row in rows)][:-1]
    for row in rows:
        assert row.block == 0
        assert (row.key, row.is_bucket) not in keys
        keys.add((row.key, row.is_bucket))
        own = slice(row.start, row.stop)
        for term, ordinal in zip(ordered.terms[own].tolist(), ordered.documents[own].tolist(), strict=True):
            seen[term].append(ordinal)
            if row.is_bucket:
                assert row.key == (term >> (64 - bits) if bits else 0)
            else:
                assert row.key % 2**64 == term
    expected = defaultdict(list)
    for number, terms in enumerate(documents):
        for term in terms:
            expected[term].append(100 + number)
    assert seen == expected


def test_a_frequent_term_has_a_row_of_its_own():
    documents = [prepared(n, [5, 1000 + n]) for n in range(FREQUENT)]
    _, rows = layout(build_postings(documents, range(FREQUENT), 10.0, Ranking()), 0)
    assert rows == [
        Row(5, 0, 1000, 0, FREQUENT, is_bucket=False),
        Row(0, 0, 0, FREQUENT, 2 * FREQUENT, is_bucket=True),
    ]


def test_blocks_of_a_frequent_term_hold_the_best_impacts_first():
    count = 3 * BLOCK_SIZE
    random = np.random.default_rng(7)
    impacts = random.integers(1, 2200, count).astype(np.int16)
    documents = random.permutation(count).astype(np.int32)
    ordered, rows = layout(Postings(np.full(count, 5, np.uint64), documents, impacts), 0)
    assert [(row.block, row.stop - row.start) for row in rows] == [
        (0, BLOCK_SIZE),
        (1, BLOCK_SIZE),
        (2, BLOCK_SIZE),
    ]
    assert ordered.impacts.tolist() == sorted(impacts.tolist(), reverse=True)
    assert [row.best for row in rows] == [max(ordered.impacts[row.start : row.stop]) for row in rows]
    pairs = zip(ordered.documents.tolist(), ordered.impacts.tolist(), strict=True)
    assert sorted(pairs) == sorted(zip(documents.tolist(), impacts.tolist(), strict=True))


def test_arrays_are_what_postgresql_reads():
    postings = Postings(
        np.array([7, 2**64 - 2], np.uint64), np.array([3, -4], np.int32), np.array([5, 6], np.int16)
    )
    rows = [Row(-9, 0, 6, 0, 1, is_bucket=False), Row(1, 0, 0, 1, 2, is_bucket=True)]
    file = b"".join(encode(postings, rows, 11, 12))
    assert file.startswith(b"PGCOPY\n\xff\r\n\0")
    assert file.endswith(b"\xff\xff")
    numbers = struct.Struct(">h ii ii iq ih ii ih").unpack_from(file, 19)
    assert numbers == (9, 4, 11, 4, 12, 8, -9, 2, 0, 4, 1, 2, 6)
    array = struct.pack(">iiiii", 1, 0, 20, 1, 1) + struct.pack(">iq", 8, -2)
    assert array in file
    assert decode([array, array], 8).tolist() == [-2, -2]
    assert decode([], 4).tolist() == []


def test_buckets_hold_about_64_postings():
    assert bucket_bits(0) == bucket_bits(63) == 0
    assert 32 <= 1_000_000 / 2 ** bucket_bits(1_000_000) <= 64


def test_no_documents_no_rows():
    postings = build_postings([], [], 0.0, Ranking())
    assert len(postings) == 0
    assert layout(postings, 0)[1] == []


def test_later_segments_come_later_within_a_term():
    parts = [build_postings([prepared(0, [1, 2])], [first], 10.0, Ranking()) for first in (0, 1)]
    merged = Postings.concatenate(parts)
    assert merged.terms.tolist() == [1, 1, 2, 2]
    assert merged.documents.tolist() == [0, 1, 0, 1]
