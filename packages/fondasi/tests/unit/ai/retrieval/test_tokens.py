import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.ai.retrieval.tokens import MAXIMUM_WORDS, hash_pairs, hash_words, query_terms, split_words


@pytest.mark.parametrize(
    ("printed", "stripped"),
    [
        ("No. 45/Pid.B/2014/PN Kds", "no 45 pid b 2014 pn kds"),
        ("Pasal 363 ayat (1) ke-4 KUHP", "pasal 363 ayat 1 ke 4 kuhp"),
        ("_unk_ TERDAKWA", "unk terdakwa"),
        ("ﬁdusia", "fidusia"),
        ("🙂 -- '; DROP", "drop"),
        ("", ""),
    ],
)
def test_punctuated_and_stripped_text_give_the_same_words(printed, stripped):
    assert split_words(printed) == stripped.split()


def test_hashes_are_the_same_in_every_process_and_version():
    assert hash_words(["putusan"]).tolist() == [1968952027826447633]


def test_pairs_depend_on_order():
    first, second = hash_words(["budi", "santoso"]), hash_words(["santoso", "budi"])
    assert hash_pairs(first).tolist() != hash_pairs(second).tolist()
    assert len(hash_pairs(first)) == 1
    assert len(hash_pairs(first[:1])) == len(hash_pairs(first[:0])) == 0


def test_pair_hashes_hardly_collide():
    words = hash_words([str(number) for number in range(100_000)])
    assert len(np.unique(hash_pairs(words))) == 99_999


def test_terms_are_distinct_and_remember_where_pairs_stand():
    terms = query_terms("a b a b c")
    assert terms.words == ("a", "b", "c")
    assert len(terms.hashes) == 3 + 3  # ab, ba, bc
    assert terms.pairs.tolist() == [False] * 3 + [True] * 3
    assert terms.pair_sequence.tolist() == [3, 4, 3, 5]
    assert terms.masks.tolist() == [1, 2, 4, 0b101, 0b10, 0b1000]
    assert terms.matched_words(0b101) == ("a", "c")


@given(st.text(max_size=400))
def test_any_text_gives_terms(text):
    terms = query_terms(text)
    assert len(terms.hashes) == len(terms.pairs) == len(terms.masks)
    assert len(terms.sequence) <= MAXIMUM_WORDS
    assert (terms.masks >= 0).all()


def test_long_queries_are_cut():
    terms = query_terms(" ".join(map(str, range(1000))))
    assert len(terms.words) == MAXIMUM_WORDS
    assert terms.masks[62] == 1 << 62
    assert terms.masks[63] == 0
