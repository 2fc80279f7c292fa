"""Marks and spans of snippets."""

from __future__ import annotations

import pytest

from courtsight.search.repository import ArticlePlace
from courtsight.search.snippets import LONGEST, article_snippet, opening_snippet, passage_snippet
from fondasi.ai.retrieval import Span


def marked(text, words=(), phrases=()):
    snippet = passage_snippet(Span("fakta", 100, 100 + len(text)), text, words, phrases)
    assert snippet.text == text[snippet.start - 100 : snippet.end - 100]
    return [snippet.text[start:end] for start, end in snippet.highlights]


def test_words_are_marked_whatever_their_case_and_not_inside_others():
    assert marked("Sepeda itu. SEPEDA! sepedanya", ["sepeda"]) == ["Sepeda", "SEPEDA"]


def test_neighbours_become_one_mark():
    assert marked("mencuri sepeda motor, motor", ["sepeda", "motor"]) == ["sepeda motor", "motor"]


def test_a_phrase_is_marked_across_punctuation():
    assert marked("Barang, BUKTI: barang itu", phrases=["barang bukti"]) == ["Barang, BUKTI"]


@pytest.mark.parametrize("phrase", ["(a+)+b", "a.b", "[", "\\"])
def test_signs_in_a_phrase_are_no_pattern(phrase):
    assert marked("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", phrases=[phrase]) == []


def test_markup_is_escaped_inside_and_outside_of_marks():
    snippet = passage_snippet(Span("fakta", 0, 30), '<b>sepeda</b> & "x"', ["sepeda"], [])
    assert snippet.html == "&lt;b&gt;<mark>sepeda</mark>&lt;/b&gt; &amp; &quot;x&quot;"


def test_a_long_passage_is_cut_with_its_marks():
    text = "sepeda " * 200
    snippet = passage_snippet(Span("fakta", 5, 5 + len(text)), text, ["sepeda"], [])
    assert snippet.end - snippet.start == len(snippet.text) <= LONGEST
    assert snippet.text.endswith("sepeda")
    assert all(end <= LONGEST for _, end in snippet.highlights)


def test_an_opening_has_no_marks():
    assert opening_snippet("kepala_putusan", "PUTUSAN", 300).highlights == []


@pytest.mark.parametrize("text", ["sepeda motor merah", "s" * 200])
def test_an_opening_ends_with_a_word_unless_the_word_is_endless(text):
    for longest in range(1, len(text) + 1):
        shown = opening_snippet("fakta", text[: longest + 1], longest).text
        assert len(shown) <= longest
        assert text.startswith(shown)
        if " " in text[: longest + 1]:
            assert text[len(shown) : len(shown) + 1] in {" ", ""}


def test_the_words_around_a_citation_are_whole_ones():
    text = "Menimbang bahwa perbuatan itu melanggar Pasal 363 KUHP sebagaimana didakwakan kepadanya"
    start, end = text.index("Pasal"), text.index(" sebagaimana")
    for around in range(1, len(text)):
        begin = max(0, start - around - 1)
        place = ArticlePlace("fakta", begin, text[begin : end + around + 1], start, end)
        snippet = article_snippet(place, around)
        assert snippet.text == text[snippet.start : snippet.end]
        assert [snippet.text[a:b] for a, b in snippet.highlights] == ["Pasal 363 KUHP"]
        assert set(snippet.text.split()) <= set(text.split())
        assert max(start - snippet.start, snippet.end - end) <= around or snippet.start == 0
