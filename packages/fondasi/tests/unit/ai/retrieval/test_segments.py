from collections import defaultdict
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.ai.retrieval.documents import PreparedDocument
from fondasi.ai.retrieval.ranking import Ranking
from fondasi.ai.retrieval.segments import (
    BLOCK_SIZE,
    FREQUENT,
    Postings,
    bucket_bits,
    build_postings,
    posting_rows,
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
    for collection, key, segment, block, size, _, terms, ordinals, impacts in posting_rows(
        postings, bits, 7, 3
    ):
        assert (collection, segment, block) == (7, 3, 0)
        assert size == len(ordinals) == len(impacts)
        assert (key, terms is None) not in keys
        keys.add((key, terms is None))
        for term, ordinal in zip(terms or [key] * size, ordinals, strict=True):
            unsigned = term % 2**64
            seen[unsigned].append(ordinal)
            if terms is not None:
                assert key == (unsigned >> (64 - bits) if bits else 0)
    expected = defaultdict(list)
    for number, terms in enumerate(documents):
        for term in terms:
            expected[term].append(100 + number)
    assert seen == expected


def test_a_frequent_term_has_a_row_of_its_own():
    documents = [prepared(n, [5, 1000 + n]) for n in range(FREQUENT)]
    rows = list(posting_rows(build_postings(documents, range(FREQUENT), 10.0, Ranking()), 0, 1, 1))
    assert [(row[1], row[4], row[6] is None) for row in rows] == [(5, FREQUENT, True), (0, FREQUENT, False)]


def test_blocks_of_a_frequent_term_hold_the_best_impacts_first():
    count = 3 * BLOCK_SIZE
    random = np.random.default_rng(7)
    impacts = random.integers(1, 2200, count).astype(np.int16)
    documents = random.permutation(count).astype(np.int32)
    rows = list(posting_rows(Postings(np.full(count, 5, np.uint64), documents, impacts), 0, 1, 1))
    assert [(row[3], row[4]) for row in rows] == [(0, BLOCK_SIZE), (1, BLOCK_SIZE), (2, BLOCK_SIZE)]
    read = [impact for row in rows for impact in row[8]]
    assert read == sorted(impacts.tolist(), reverse=True)
    assert [row[5] for row in rows] == [max(row[8]) for row in rows]
    pairs = [pair for row in rows for pair in zip(row[7], row[8], strict=True)]
    assert sorted(pairs) == sorted(zip(documents.tolist(), impacts.tolist(), strict=True))


def test_buckets_hold_about_64_postings():
    assert bucket_bits(0) == bucket_bits(63) == 0
    assert 32 <= 1_000_000 / 2 ** bucket_bits(1_000_000) <= 64


def test_no_documents_no_rows():
    postings = build_postings([], [], 0.0, Ranking())
    assert len(postings) == 0
    assert list(posting_rows(postings, 0, 1, 1)) == []


def test_later_segments_come_later_within_a_term():
    parts = [build_postings([prepared(0, [1, 2])], [first], 10.0, Ranking()) for first in (0, 1)]
    merged = Postings.concatenate(parts)
    assert merged.terms.tolist() == [1, 1, 2, 2]
    assert merged.documents.tolist() == [0, 1, 0, 1]
