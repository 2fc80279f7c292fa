"""Quoted phrases and excluded words are exact: as many decisions as a scan of all texts finds, and no other."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from courtsight.search.query import QUOTES, whole_case_number
from fondasi.ai.retrieval.tokens import split_words

PHRASES = 80


@pytest.fixture(scope="module")
def streams(corpus):
    """The words of every section, each between spaces: number to texts."""
    return {
        draft.case_number: [f" {' '.join(split_words(text))} " for text in draft.sections.values()]
        for draft in corpus.drafts
    }


@pytest.fixture(scope="module")
def scan(streams):
    """Numbers of the decisions that hold the words in a row within a section."""

    def find(phrase):
        wanted = f" {' '.join(split_words(phrase))} "
        return {number for number, texts in streams.items() if any(wanted in text for text in texts)}

    return find


def random_phrases(corpus, seed, count, longest=12):
    """Pieces of random sections as they are printed, of 1 to `longest` words."""
    dice = random.Random(seed)
    for _ in range(count):
        text = dice.choice(list(dice.choice(corpus.drafts).sections.values()))
        words = list(re.finditer(r"[^\W_]+", text))
        length = dice.randint(1, min(longest, len(words)))
        start = dice.randrange(len(words) - length + 1)
        yield text[words[start].start() : words[start + length - 1].end()].translate(QUOTES).replace('"', " ")


async def test_a_quoted_phrase_finds_exactly_the_decisions_that_contain_it(corpus, scan):
    wrong = []
    for phrase in random_phrases(corpus, 1, PHRASES):
        if whole_case_number(phrase):
            continue  # it asks for that decision
        found = await corpus.all_found(f'"{phrase}"')
        if found != scan(phrase):
            wrong.append((phrase, found ^ scan(phrase)))
    assert wrong == []


async def test_case_and_punctuation_do_not_count(corpus, scan):
    phrases = [phrase for phrase in random_phrases(corpus, 2, 25) if len(split_words(phrase)) > 2]
    for phrase in phrases:
        shouted = " -- ".join(split_words(phrase)).upper()
        assert await corpus.all_found(f'"{shouted}"') == scan(phrase), phrase


async def test_a_phrase_never_crosses_the_border_of_two_sections(corpus, scan):
    for draft in corpus.drafts[:15]:
        texts = [split_words(text) for text in draft.sections.values()]
        for before, after in pairwise(texts):
            across = " ".join(before[-3:] + after[:3])
            assert await corpus.all_found(f'"{across}"') == scan(across)


async def test_words_in_another_order_are_no_phrase(corpus, scan):
    assert scan("terbukti secara sah dan meyakinkan")
    assert await corpus.found('"meyakinkan dan sah secara terbukti"') == []


async def test_all_phrases_must_occur(corpus, scan):
    both = scan("terbukti secara sah") & scan("barang bukti")
    assert both
    assert await corpus.all_found('"terbukti secara sah" "barang bukti"') == both


@pytest.mark.parametrize("word", ["terdakwa", "penggugat", "narkotika", "dan"])
async def test_an_excluded_word_occurs_in_no_hit(corpus, scan, word):
    everything = corpus.numbers(lambda _: True)
    assert await corpus.all_found(f"-{word}") == everything - scan(word)
    assert await corpus.all_found(f'"putusan" -{word}') == scan("putusan") - scan(word)


async def test_an_excluded_phrase_occurs_in_no_hit(corpus, scan):
    excluded = scan("terbukti secara sah dan meyakinkan")
    assert excluded
    found = await corpus.all_found('"putusan" -"terbukti secara sah dan meyakinkan"')
    assert found == scan("putusan") - excluded


async def test_a_phrase_tells_why_it_matched_in_the_language_of_the_reader(corpus):
    english = await corpus.search('"barang bukti"', limit=1)
    indonesian = await corpus.search('"barang bukti"', limit=1, language="id")
    assert english["data"][0]["why"][0] == "It contains “barang bukti”."
    assert indonesian["data"][0]["why"][0] != english["data"][0]["why"][0]
    assert "barang bukti" in indonesian["data"][0]["why"][0]
