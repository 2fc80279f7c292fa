"""Articles and laws in the forms that people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.citations import find
from courtsight.decisions.typed import find_references, parse_article_query

WIDE = "\uff13\uff16\uff13"  # 363
FORMS = {
    "KUHP:363(1)ke-4": [
        "Pasal 363 ayat (1) ke-4 KUHP",
        "pasal 363 ayat 1 ke 4 kuhp",
        "PASAL 363 AYAT (1) KE-4 KUHP",
        "363 ayat (1) ke-4 KUHP",
        "363(1) ke-4 KUHP",
        "KUHP:363(1)ke-4",
        "KUHP pasal 363 ayat 1 ke-4",
        "kuhp 363 ayat (1) ke-4",
        "ps 363 ayat 1 ke 4 kuhp",
        "ps. 363 ayat (1) ke-4 KUHP",
        "psl 363 ayat (1) ke 4 kuhp",
        "Psl.363 ayat (1) ke-4 KUHP",
        "fasal 363 ayat 1 ke-4 kuhp",
        "pasal-363 ayat (1) ke-4 kuhp",
        "pasal363 ayat1 ke4 kuhp",
        "Pasal 363 ayat (1) ke-IV KUHP",
        "pasal 363 ayat satu ke-4 kuhp",
        "pasal 363 ayat kesatu ke empat kuhp",
        "pasal tiga ratus enam puluh tiga ayat satu ke empat kuhp",
        "Pasal 363 ayat (1) ke-4 Kitab Undang-Undang Hukum Pidana",
        "Pasal 363 ayat (1) ke-4 K.U.H.P.",
        "pasal 363 ayat (1) ke-4 KUH Pidana",
        "putusan pasal 363 ayat (1) ke-4 KUHP",
        "melanggar pasal 363 ayat 1 ke 4 kuhp",
        "article 363 paragraph 1 item 4 of the criminal code",
        "Art. 363 para (1) item 4 Penal Code",
        "Pasal 363 ayat (1) ke-4 KUHP lama",
        f"Pasal {WIDE} ayat (1) ke-4 KUHP",
    ],
    "UU 35/2009:112(1)": [
        "Pasal 112 ayat (1) UU RI No. 35 Tahun 2009 tentang Narkotika",
        "pasal 112 ayat 1 undang-undang republik indonesia nomor 35 tahun 2009",
        "ps 112 ayat (1) uu 35/2009",
        "pasal 112 ayat 1 uu 35/09",
        "pasal 112 ayat (1) UU35/2009",
        "112 ayat (1) UU No.35 thn 2009",
        "UU 35/2009 pasal 112 ayat (1)",
        "uu narkotika pasal 112 ayat 1",
        "pasal 112 ayat (1) UU Narkotika",
        "Pasal 112 ayat (1) narkotika",
        "UU Nomor 35 Tahun 2009 tentang Narkotika Pasal 112 ayat (1)",
        "article 112 paragraph 1 law 35/2009",
        "article 112 (1) of Law No. 35 of 2009",
        "kasus pasal 112 ayat satu uu nomor 35 tahun 2009",
    ],
    "UU 1/2023:492": [
        "Pasal 492 KUHP Nasional",
        "pasal 492 KUHP baru",
        "Pasal 492 KUHP (baru)",
        "Pasal 492 KUHP 2023",
        "pasal 492 UU 1/2023",
        "Pasal 492 UU No. 1 Tahun 2023 tentang Kitab Undang-Undang Hukum Pidana",
        "KUHP baru pasal 492",
        "Pasal 492 KUHP (UU No. 1 Tahun 2023)",
        "article 492 of the new criminal code",
        "pasal 492 kitab undang-undang hukum pidana nasional",
    ],
    "UU 20/2025:22": ["pasal 22 KUHAP baru", "Pasal 22 UU 20/2025"],
    "KUHP:264(1)ke-1": ["264 ayat 1 huruf ke 1 kuhp", "pasal 264 ayat (1) huruf ke-1 KUHP"],
    "378": ["article 378", "pasal 378", "putusan pasal 378", "ps 378"],
    "UU 35/2009": ["UU 35/2009", "uu no 35 tahun 2009", "UU RI Nomor 35 Tahun 2009 tentang Narkotika"],
    "Perma 2/2012": [
        "Perma 2/2012",
        "PERMA No. 2 Tahun 2012",
        "peraturan mahkamah agung nomor 2 tahun 2012",
    ],
    "SEMA 4/2010": ["SEMA 4/2010", "sema no 4 tahun 2010"],
    "KUHP:362 / KUHP:363": [
        "Pasal 362 atau Pasal 363 KUHP",
        "362 atau 363 kuhp",
        "pasal 362 dan/atau 363 KUHP",
        "pasal 362/363 kuhp",
        "pasal 362 kuhp atau pasal 363 kuhp",
        "article 362 or article 363 of the criminal code",
        "pasal 362 s/d 363 kuhp",
        "Pasal 362-363 KUHP",
    ],
    "UU 23/2004:44(1)": ["pasal 44 ayat (1) UU PKDRT", "Pasal 44 ayat 1 uu 23/04"],
}


@pytest.mark.parametrize(
    ("form", "expected"), [(form, name) for name, forms in FORMS.items() for form in forms]
)
def test_every_form_of_an_article_or_a_law_is_the_same_one(form, expected):
    assert [article.normalised for article in parse_article_query(form)] == [expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pasal 362 jo pasal 55 ayat (1) ke-1 KUHP", ["KUHP:362", "KUHP:55(1)ke-1"]),
        ("pasal 362, 363 atau 365 kuhp", ["KUHP:362 / KUHP:363 / KUHP:365"]),
        ("pasal 362 atau 363 jo 55 kuhp", ["KUHP:362 / KUHP:363", "KUHP:55"]),
        ("pasal 340 subsider pasal 338 kuhp", ["KUHP:340", "KUHP:338"]),
        ("uu 31/1999 jo uu 20/2001", ["UU 31/1999", "UU 20/2001"]),
        ("pasal 378 kuhp atau pasal 45a uu ite", ["KUHP:378 / UU 11/2008:45a"]),
    ],
)
def test_or_asks_for_either_and_other_conjunctions_for_all(query, expected):
    assert [article.normalised for article in parse_article_query(query)] == expected


@pytest.mark.parametrize(
    ("query", "typed", "expected"),
    [
        ("pasal 378 kuhp penipuan arisan", "pasal 378 kuhp", "KUHP:378"),
        ("penipuan arisan ps.378 KUHP online", "ps.378 KUHP", "KUHP:378"),
        ("sabu UU 35/09 rehabilitasi", "UU 35/09", "UU 35/2009"),
        ("arisan pasal tiga tujuh delapan kuhp bodong", "pasal tiga tujuh delapan kuhp", "KUHP:378"),
    ],
)
def test_a_reference_inside_words_has_the_place_where_it_was_typed(query, typed, expected):
    (reference,) = find_references(query)
    assert query[reference.start : reference.end] == typed
    assert [article.normalised for article in reference.articles] == [expected]
    assert parse_article_query(query) == ()


@pytest.mark.parametrize(
    "query", ["pencurian ps 5", "12 maret", "363", "pencurian tahun 2019", "ruko 3 pintu", ""]
)
def test_what_names_no_article_is_none(query):
    assert find_references(query) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pasal 492 KUHP Nasional", ["UU 1/2023:492"]),
        ("Pasal 263 KUHP baru", ["UU 1/2023:263"]),
        ("pasal 22 kuhp baru kemudian terdakwa", ["KUHP:22"]),
        ("Pasal 112 UU No. 35/09", ["UU 35/2009:112"]),
        ("undang-undang nomor 23 tahun 1847", []),
        ("pasal 10 staatblad nomor 23 tahun 1847", ["Stb 23/1847:10"]),
    ],
)
def test_texts_tell_new_codes_from_old_and_laws_from_gazettes(text, expected):
    assert [citation.normalised for citation in find(text)] == expected


@given(st.text(max_size=400))
def test_any_text_gives_references_that_stand_in_it(text):
    for reference in find_references(text):
        assert 0 <= reference.start < reference.end <= len(text)
        assert reference.articles
    parse_article_query(text)


def test_the_time_grows_with_the_length_alone():
    for query in ("pasal 1 atau " * 1000, "363 ayat " * 1000, "satu " * 2000, "/" * 10_000, "uu " * 3000):
        parse_article_query(query)
