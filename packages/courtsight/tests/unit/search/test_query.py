"""What a query means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.citations import ArticleQuery
from courtsight.lexicon.words import plain_words
from courtsight.search.query import parse_query, whole_case_number


def test_plain_language_is_text_and_nothing_else():
    parsed = parse_query("pencurian dengan pemberatan")
    assert parsed.text == "pencurian dengan pemberatan"
    assert (parsed.phrases, parsed.excluded, parsed.fields, parsed.articles) == ((), (), (), ())
    assert parsed.case_number is None


@pytest.mark.parametrize("quotes", ['"{}"', "“{}”", "„{}”", "«{}»", '"{}'])
def test_quotes_of_any_kind_make_a_phrase_that_also_ranks(quotes):
    parsed = parse_query(f"sepeda {quotes.format('Barang, BUKTI')}")
    assert parsed.phrases == ("barang bukti",)
    assert parsed.text == "sepeda barang bukti"


def test_a_dash_before_a_word_or_phrase_excludes_it_and_one_inside_does_not():
    parsed = parse_query('narkotika -rehabilitasi -"barang bukti" undang-undang -bukan:ini')
    assert parsed.excluded == ("rehabilitasi", "barang bukti", "bukan ini")
    assert parsed.text == "narkotika undang-undang"


def test_fields_are_filters_wherever_they_stand():
    parsed = parse_query('court:"PN Randu Biru" pencurian HAKIM:wira tahun:2019 -level:review')
    assert parsed.fields == (("court", "PN Randu Biru"), ("judge", "wira"), ("year", "2019"))
    assert parsed.excluded_fields == (("level", "review"),)
    assert parsed.text == "pencurian"


@pytest.mark.parametrize("query", ["court:", 'court:""', "banana:split", "https://example.org", ":"])
def test_what_is_no_field_is_text(query):
    assert parse_query(query).fields == ()


@pytest.mark.parametrize(
    "query",
    [
        "123 K/Pid.Sus/2019",
        "putusan nomor 123 k/pid.sus/2019",
        "No. 0123 K/PID.SUS/2019",
        '"123 K/Pid.Sus/2019"',
        "123 k pid sus 2019",
        "Putusan Mahkamah Agung RI No: 123 K/Pid.Sus/2019",
    ],
)
def test_a_number_in_any_spelling_asks_for_that_decision(query):
    assert parse_query(query).case_number == "123 K/Pid.Sus/2019"


@pytest.mark.parametrize(
    "query",
    [
        "123 K/Pid.Sus/2019 korupsi",
        "123 K/Pid.Sus/2019 dan 124 K/Pid.Sus/2019",
        "123 K/Pid.Sus/2019 -korupsi",
        "pencurian tahun 2019",
        "x" * 300 + " 123 K/Pid.Sus/2019",
    ],
)
def test_a_query_that_says_more_than_a_number_is_text(query):
    assert parse_query(query).case_number is None


def test_an_article_is_looked_up_and_keeps_its_words_for_a_search():
    parsed = parse_query("pasal 363 ayat (1) ke-4 KUHP")
    assert parsed.articles == (ArticleQuery("363(1)ke-4", "KUHP"),)
    assert parsed.text == "pasal 363 ayat (1) ke-4 KUHP"
    assert parse_query('pasal 363 KUHP "sepeda"').articles == ()


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("Pasal: 55 ayat (1) ke-1 KUHP", "KUHP:55(1)ke-1"),
        ("Pasal 55 ayat (1) butir ke-1 KUHP", "KUHP:55(1)ke-1"),
        ("Pasal 378 KUHP itu apa?", "KUHP:378"),
        ("apa arti pasal 378 KUHP", "KUHP:378"),
    ],
)
def test_an_article_is_looked_up_as_forms_print_it_and_as_people_ask_what_it_is(query, article):
    parsed = parse_query(query)
    assert [found.normalised for found in parsed.articles] == [article]
    assert parsed.fields == ()


def test_a_field_of_articles_stays_one():
    assert parse_query("pasal:55 penipuan").fields == (("article", "55"),)


@pytest.mark.parametrize("query", ["-", '"', "?!", "🎉", "___", '""'])
def test_a_query_without_a_word_says_nothing(query):
    assert parse_query(query).says_nothing


def test_repeated_operators_count_once():
    parsed = parse_query('"a b" "A  B" -c -c year:2019 year:2019')
    assert (parsed.phrases, parsed.excluded, parsed.fields) == (("a b",), ("c",), (("year", "2019"),))


@given(st.text(max_size=400))
def test_no_query_breaks_the_parser(query):
    parsed = parse_query(query)
    assert all(phrase == plain_words(phrase) and phrase for phrase in (*parsed.phrases, *parsed.excluded))
    assert all(name and value == value.strip() and value for name, value in parsed.fields)
    whole_case_number(query)


def test_the_time_grows_with_the_length_alone():
    for query in ('"' * 10_000, "-" * 10_000, "court:" * 1600, "a" * 10_000, ' -"a' * 2500):
        parse_query(query)
