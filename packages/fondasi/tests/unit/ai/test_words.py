from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.ai.embeddings.words import PIECE_BUCKETS, SEPARATOR, split_words, word_pieces


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pasal 363 ayat (1) ke-4 KUHP", b"pasal 363 ayat 1 ke 4 kuhp"),
        ("Budi Contoh, S.H., M.H.", b"budi contoh s h m h"),
        ("Rp1.000,- “kutipan”—selesai", b"rp1 000 kutipan selesai"),
        ("café CAFÉ cafe\u0301", b"cafe cafe cafe"),
        ("", b""),
        ("日本 \x01 \x00\ud7ff \ud800", b""),
    ],
)
def test_words_are_lower_case_without_marks_or_accents(text: str, words: bytes) -> None:
    assert split_words([text]) == words.split()


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_texts_keep_their_own_words(texts: list[str]) -> None:
    together = split_words(texts)
    assert together.count(SEPARATOR) == len(texts) - 1
    apart = [word for text in texts for word in [*split_words([text]), SEPARATOR]]
    assert together == apart[:-1]


def test_related_words_share_pieces() -> None:
    assert set(word_pieces(b"perceraian")) & set(word_pieces(b"bercerai"))
    assert all(0 <= piece < PIECE_BUCKETS for piece in word_pieces(b"perceraian"))


@pytest.mark.parametrize("word", [b"ab", b"123456", b"rp1000", b"", b"a" * 41])
def test_numbers_and_words_of_odd_length_have_no_pieces(word: bytes) -> None:
    assert word_pieces(word) == []
