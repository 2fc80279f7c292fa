"""The parts of a query: where they stand, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.search.parts import Use
from courtsight.search.query import parse_query


@pytest.mark.parametrize(
    ("query", "expected", "rest"),
    [
        ("pasal 378 kuhp penipuan arisan", [("article", "pasal 378 kuhp", "KUHP:378")], "penipuan arisan"),
        ("sabu UU 35/09", [("law", "UU 35/09", "UU 35/2009")], "sabu"),
        (
            "putusan bebas dalam perkara penipuan",
            [("outcome", "putusan bebas", "bebas")],
            "dalam perkara penipuan",
        ),
        (
            "korupsi vonis lepas tahun 2019",
            [("outcome", "vonis lepas", "lepas"), ("year", "tahun 2019", "2019")],
            "korupsi",
        ),
        ("acquittal for fraud", [("outcome", "acquittal", "bebas")], "for fraud"),
        (
            "pasal 112 UU No. 35 tahun 2009 sabu",
            [("article", "pasal 112 UU No. 35 tahun 2009", "UU 35/2009:112")],
            "sabu",
        ),
        ("pencurian sepeda motor", [], "pencurian sepeda motor"),
    ],
)
def test_articles_laws_outcomes_and_years_are_understood_where_they_stand(query, expected, rest):
    parsed = parse_query(query)
    assert [(part.kind, part.text, part.value) for part in parsed.understood] == expected
    assert all(query[part.start : part.end] == part.text for part in parsed.understood)
    assert parsed.rest == rest
    assert parsed.text == query


def test_operators_are_parts_too():
    query = '"barang bukti" -rehabilitasi court: kudus -level:review pencurian'
    parsed = parse_query(query)
    assert [(part.kind, part.text, part.value, part.use) for part in parsed.parts] == [
        ("phrase", '"barang bukti"', "barang bukti", Use.REQUIRED),
        ("words", "-rehabilitasi", "rehabilitasi", Use.EXCLUDED),
        ("court", "court: kudus", "kudus", Use.FILTER),
        ("field", "-level:review", "review", Use.EXCLUDED),
    ]
    assert parsed.fields == (("court", "kudus"),)
    assert parsed.text == "pencurian barang bukti"


def test_a_text_that_was_copied_names_articles_and_asks_for_none():
    copied = "terdakwa melanggar pasal 363 ayat 1 ke 4 kuhp " + "karena mengambil barang " * 6
    assert parse_query(copied).understood == ()


@given(st.text(max_size=300))
def test_every_part_stands_in_the_query(query):
    parsed = parse_query(query)
    for part in (*parsed.parts, *parsed.understood):
        assert query[part.start : part.end] == part.text
