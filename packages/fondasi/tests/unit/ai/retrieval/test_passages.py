import numpy as np

from fondasi.ai.retrieval.passages import PassagePicker, Span
from fondasi.ai.retrieval.tokens import hash_words, split_words


def row(ordinal, children, similarity=None, section="facts", start=0):
    """A passage whose children are texts, each followed by one space."""
    words = [split_words(child) for child in children]
    starts, before, offset, count = [], [], start, 0
    for child, own in zip(children, words, strict=True):
        starts.append(offset)
        before.append(count)
        offset, count = offset + len(child) + 1, count + len(own)
    hashes = hash_words([word for own in words for word in own])
    return {
        "ordinal": ordinal,
        "section": section,
        "start_offset": start,
        "end_offset": offset,
        "children": np.column_stack((starts, before)).astype("<i4").tobytes(),
        "words": (hashes & np.uint64(0xFFFFFFFF)).astype("<u4").tobytes(),
        "similarity": similarity,
    }


def picker(query, weights=None, vector_weight=0.0):
    words = split_words(query)
    hashes = hash_words(words)
    values = weights or dict.fromkeys(words, 1.0)
    known = {int(value): values.get(word, 0.0) for word, value in zip(words, hashes, strict=True)}
    return PassagePicker(hashes, known, vector_weight)


def test_the_passage_and_child_with_most_of_the_query():
    rows = [
        row(1, ["satu dua", "tiga empat"]),
        row(1, ["lima enam", "pencurian motor malam"], start=50),
        row(2, ["pencurian saja"]),
    ]
    spans = picker("pencurian motor").pick(rows)
    assert spans[1] == (Span("facts", 50, 82), Span("facts", 60, 82))
    assert spans[2] == (Span("facts", 0, 15), Span("facts", 0, 15))


def test_rare_words_count_more():
    rows = [row(1, ["umum biasa lain", "khusus"])]
    assert (
        picker("umum biasa khusus", {"umum": 0.1, "biasa": 0.1, "khusus": 5.0}).pick(rows)[1][1].start == 16
    )


def test_neighbours_count_more_than_the_same_words_apart():
    rows = [row(1, ["budi lalu santoso", "budi santoso lalu"])]
    assert picker("budi santoso").pick(rows)[1][1].start == 18


def test_repetition_does_not_count():
    rows = [row(1, ["motor motor motor motor", "motor curian"])]
    assert picker("motor curian").pick(rows)[1][1].start == 24


def test_pairs_do_not_cross_passages():
    rows = [row(1, ["akhir budi"]), row(1, ["santoso awal"], start=20), row(1, ["budi santoso"], start=40)]
    assert picker("budi santoso").pick(rows)[1][0].start == 40


def test_vectors_decide_where_no_word_matches():
    rows = [
        row(1, ["satu"], similarity=0.1),
        row(1, ["dua"], similarity=0.4, start=10),
        row(1, ["tiga"], start=20),
    ]
    assert picker("lain", vector_weight=1.0).pick(rows)[1][0].start == 10


def test_an_empty_query_gives_the_first_passage():
    assert picker("").pick([row(1, ["satu"]), row(1, ["dua"], start=10)])[1][0].start == 0


def test_a_passage_without_words():
    assert picker("satu").pick([row(1, ["***"]), row(1, ["satu"], start=10)])[1][0].start == 10
