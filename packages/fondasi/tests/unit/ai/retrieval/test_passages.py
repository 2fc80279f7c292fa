import numpy as np

from fondasi.ai.retrieval.passages import PassagePicker, Span
from fondasi.ai.retrieval.tokens import hash_words, split_words


def row(ordinal, children, similarity=None, section="facts", start=0):
    """A passage whose children are texts, each followed by one space; a document and its only passage."""
    words = [split_words(child) for child in children]
    starts, before, offset, count = [], [], start, 0
    for child, own in zip(children, words, strict=True):
        starts.append(offset)
        before.append(count)
        offset, count = offset + len(child) + 1, count + len(own)
    hashes = hash_words([word for own in words for word in own])
    return {
        "ordinal": ordinal,
        "sections": [section],
        "starts": [start],
        "ends": [offset],
        "children": np.column_stack((starts, before)).astype("<i4").tobytes(),
        "children_sizes": [8 * len(children)],
        "words": (hashes & np.uint64(0xFFFFFFFF)).astype("<u4").tobytes(),
        "words_sizes": [4 * len(hashes)],
        "similarities": [similarity],
    }


def pick(picker, passages):
    """What the picker picks of documents that have these passages."""
    documents = {}
    for passage in passages:
        known = documents.setdefault(passage["ordinal"], passage)
        if known is not passage:
            documents[passage["ordinal"]] = {"ordinal": passage["ordinal"]} | {
                name: known[name] + passage[name] for name in passage if name != "ordinal"
            }
    return picker.pick(list(documents.values()))


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
    spans = pick(picker("pencurian motor"), rows)
    assert spans[1] == (Span("facts", 50, 82), Span("facts", 60, 82))
    assert spans[2] == (Span("facts", 0, 15), Span("facts", 0, 15))


def test_rare_words_count_more():
    rows = [row(1, ["umum biasa lain", "khusus"])]
    assert (
        pick(picker("umum biasa khusus", {"umum": 0.1, "biasa": 0.1, "khusus": 5.0}), rows)[1][1].start == 16
    )


def test_neighbours_count_more_than_the_same_words_apart():
    rows = [row(1, ["budi lalu santoso", "budi santoso lalu"])]
    assert pick(picker("budi santoso"), rows)[1][1].start == 18


def test_repetition_does_not_count():
    rows = [row(1, ["motor motor motor motor", "motor curian"])]
    assert pick(picker("motor curian"), rows)[1][1].start == 24


def test_pairs_do_not_cross_passages():
    rows = [row(1, ["akhir budi"]), row(1, ["santoso awal"], start=20), row(1, ["budi santoso"], start=40)]
    assert pick(picker("budi santoso"), rows)[1][0].start == 40


def test_vectors_decide_where_no_word_matches():
    rows = [
        row(1, ["satu"], similarity=0.1),
        row(1, ["dua"], similarity=0.4, start=10),
        row(1, ["tiga"], start=20),
    ]
    assert pick(picker("lain", vector_weight=1.0), rows)[1][0].start == 10


def test_an_empty_query_gives_the_first_passage():
    assert pick(picker(""), [row(1, ["satu"]), row(1, ["dua"], start=10)])[1][0].start == 0


def test_a_passage_without_words():
    assert pick(picker("satu"), [row(1, ["***"]), row(1, ["satu"], start=10)])[1][0].start == 10


def test_a_document_without_passages_has_no_span():
    assert pick(picker("satu"), [row(1, ["satu"]) | {"sections": None}]) == {}


def test_words_around_one_that_does_not_count_are_no_neighbours():
    rows = [row(1, ["santoso lalu budi", "budi santoso"])]
    assert pick(picker("budi yang santoso", {"budi": 1.0, "santoso": 1.0}), rows)[1][1].start == 0
