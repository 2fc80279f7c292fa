"""Citations are found with their spans and normal forms, in printed and in stripped text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.citations import (
    Kind,
    ancestors,
    annotate,
    clean,
    find,
    resolve,
)
from courtsight.decisions.typed import parse_article_query

VOCABULARY = """pasal ayat huruf ke jo juncto dan atau kuhp KUHAP uu undang-undang nomor tahun 35 2009 1 (1)
a b ke-4 tentang Pasal 363 bis s/d 12/Pid.B/2014/PN Kds k pid sus pn . , ; ( ) / - _unk_ tidak mengingat"""
LEGAL_WORDS = st.sampled_from([*VOCABULARY.split(), "\n", "\x00", "\u0130", "\ufb01", "\u0661", "\U0001f642"])
LEGAL_TEXT = st.lists(LEGAL_WORDS, max_size=60).map(" ".join)


def normal_forms(text):
    return [citation.normalised for citation in find(text)]


def cited(text):
    return [(text[citation.start : citation.end], citation.normalised) for citation in find(text)]


class TestArticles:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Pasal 363 ayat (1) ke-4 KUHP", ["KUHP:363(1)ke-4"]),
            ("pasal 363 ayat 1 ke 4 kuhp", ["KUHP:363(1)ke-4"]),
            ("pasal363ayat1ke4 kuhp", ["KUHP:363(1)ke-4"]),
            ("Pasal 363ayat(1)ke-4KUHP", ["KUHP:363(1)ke-4"]),
            ("Pasal112ayat(1)UU No.35 Tahun2009", ["UU 35/2009:112(1)"]),
            ("pasal 55 ayat 1 ke1 kuhp", ["KUHP:55(1)ke-1"]),
            ("Pasal 1 Staatsblad 1948 Nomor 17", ["Stb 17/1948:1"]),
            ("Pasal 363 (1) ke-4 Kitab Undang-Undang Hukum Pidana", ["KUHP:363(1)ke-4"]),
            ("Pasal 197 ayat (1) huruf f Undang-Undang Nomor 8 Tahun 1981", ["KUHAP:197(1)f"]),
            ("pasal 197 ayat 1 huruf f kitab undang undang hukum acara pidana", ["KUHAP:197(1)f"]),
            ("Pasal 303 bis ayat (1) ke-2 K.U.H.P.", ["KUHP:303bis(1)ke-2"]),
            ("Pasal 12B UU No. 20/2001", ["UU 20/2001:12b"]),
            ("pasal 91 b ayat 1 uuri no 41 tahun 2014", ["UU 41/2014:91b(1)"]),
            ("Pasal 1365 KUHPerdata", ["KUHPerdata:1365"]),
            ("Pasal 1320 Burgerlijk Wetboek", ["KUHPerdata:1320"]),
            ("Pasal 116 huruf (f) Kompilasi Hukum Islam", ["KHI:116f"]),
            ("Pasal 19 huruf f Peraturan Pemerintah Nomor 9 Tahun 1975", ["PP 9/1975:19f"]),
            ("Pasal 2 ayat (1) UU Darurat Nomor 12/Drt/1951", ["UU 12/1951:2(1)"]),
            ("pasal 53 ayat i kuhp", ["KUHP:53(1)"]),
            ("Pasal 3 UU Tipikor", ["UU 31/1999:3"]),
            ("pasal 112 ayat (1) undang-undang narkotika", ["UU 35/2009:112(1)"]),
            ("Pasal 310 ayat (4) Nomor 22 Tahun 2009", ["UU 22/2009:310(4)"]),
            ("pasal 191 ayat 2 dua undang undang nomor 8 tahun 1981", ["KUHAP:191(2)"]),
        ],
    )
    def test_one_article_has_one_normal_form(self, text, expected):
        assert normal_forms(text) == expected

    def test_every_link_of_a_chain_belongs_to_the_law_at_its_end(self):
        text = "melanggar pasal 351 ayat 3 jo pasal 55 ayat 1 ke 1 kuhp yang"
        assert cited(text) == [
            ("pasal 351 ayat 3", "KUHP:351(3)"),
            ("pasal 55 ayat 1 ke 1 kuhp", "KUHP:55(1)ke-1"),
        ]

    def test_a_chain_over_two_laws_changes_the_law_where_the_text_does(self):
        text = (
            "Pasal 2 ayat (1) jo. Pasal 18 Undang-Undang RI Nomor 31 Tahun 1999 tentang Pemberantasan "
            "Tindak Pidana Korupsi jo. Pasal 55 ayat (1) ke-1 KUHP"
        )
        assert normal_forms(text) == ["UU 31/1999:2(1)", "UU 31/1999:18", "KUHP:55(1)ke-1"]

    def test_lists_become_one_citation_for_each_member(self):
        text = "Pasal 5 ayat (1) dan (2) huruf a, b dan c UU No. 23 Tahun 2002"
        law = "UU 23/2002"
        assert cited(text) == [
            ("Pasal 5 ayat (1)", f"{law}:5(1)"),
            ("(2) huruf a", f"{law}:5(2)a"),
            ("b", f"{law}:5(2)b"),
            ("c UU No. 23 Tahun 2002", f"{law}:5(2)c"),
        ]
        assert normal_forms("pasal 363 ayat 1 ke 3 ke 4 dan ke 5 kuhp") == [
            "KUHP:363(1)ke-3",
            "KUHP:363(1)ke-4",
            "KUHP:363(1)ke-5",
        ]

    def test_articles_can_share_one_pasal(self):
        assert normal_forms("pasal-pasal 2, 3 dan 4 UU Tipikor") == [f"UU 31/1999:{n}" for n in (2, 3, 4)]
        assert normal_forms("Pasal 372 atau 378 KUHP") == ["KUHP:372", "KUHP:378"]

    def test_a_full_stop_ends_the_chain(self):
        assert normal_forms("menurut Pasal 7. Undang-Undang Nomor 5 Tahun 2004 mengatur") == [
            "7",
            "UU 5/2004",
        ]

    def test_a_range_stands_for_the_articles_between(self):
        assert normal_forms("Pasal 183 s/d Pasal 186 KUHAP") == [f"KUHAP:{n}" for n in (183, 184, 185, 186)]

    def test_two_codes_joined_by_a_slash_keep_their_own_numbers(self):
        assert normal_forms("Pasal 163 HIR/283 RBg") == ["HIR:163", "RBg:283"]
        assert normal_forms("Pasal 283 R.Bg/163 H.I.R.") == ["RBg:283", "HIR:163"]

    def test_a_law_in_front_of_the_article_counts(self):
        assert normal_forms("KUHP Pasal 363 ayat (1)") == ["KUHP", "KUHP:363(1)"]

    def test_a_hidden_number_keeps_the_chain_together(self):
        assert normal_forms("pasal 5 jo pasal _unk_ ayat 1 uu no 41 tahun 2014") == ["UU 41/2014:5"]

    def test_a_bare_number_in_stripped_text_is_not_taken_for_a_paragraph(self):
        assert normal_forms("pasal 55 1 ke 1 kuhp") == ["KUHP:55"]

    def test_a_quo_is_no_letter(self):
        assert normal_forms("Pasal 5 a quo") == ["5"]


class TestResolve:
    def test_a_short_form_takes_the_law_of_the_same_article(self):
        text = (
            "Pasal 112 ayat (1) UU Nomor 35 Tahun 2009 berbunyi. " + "x" * 300 + " unsur Pasal 112 ayat (2)"
        )
        last = find(text)[-1]
        assert (last.normalised, last.inferred) == ("UU 35/2009:112(2)", True)

    def test_an_article_of_an_unknown_law_stays_without_one(self):
        citation = find("sesuai Pasal 7 perjanjian itu")[0]
        assert (citation.normalised, citation.law) == ("7", "")

    def test_resolving_twice_changes_nothing(self):
        citations = find("pasal 378 kuhp. pasal 378. pasal 9")
        assert resolve(citations) == citations


class TestLaws:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Undang-Undang Republik Indonesia Nomor 35 Tahun 2009 tentang Narkotika", ["UU 35/2009"]),
            ("undang undang ri no 35 tahun 2009", ["UU 35/2009"]),
            ("UU No. 31/1999", ["UU 31/1999"]),
            ("U.U. R.I. No. 5 Th. 1997", ["UU 5/1997"]),
            ("undang undang nomor 8 tahun 1981 tentang kitab undang undang hukum acara pidana", ["KUHAP"]),
            ("Perma No. 1 Tahun 2016, SEMA Nomor 4 Tahun 2010", ["Perma 1/2016", "SEMA 4/2010"]),
            ("Peraturan Mahkamah Agung RI Nomor 2 Tahun 2015", ["Perma 2/2015"]),
            ("Peraturan Pemerintah Pengganti Undang-Undang Nomor 1 Tahun 2002", ["Perppu 1/2002"]),
            ("UUD 1945", ["UUD 1945"]),
            ("Staatblad Tahun 1948 Nomor 17 dan Stbl. 1941 No. 44", ["Stb 17/1948", "Stb 44/1941"]),
            ("staatsblad nomor 23 tahun 1847", ["Stb 23/1847"]),
            ("UU Drt No. 12 Tahun 1951 jo stb 1948 17", ["UU 12/1951", "Stb 17/1948"]),
            ("undang-undang yang bersangkutan", []),
            ("menghirup uap", []),
        ],
    )
    def test_a_law_has_one_short_name(self, text, expected):
        assert normal_forms(text) == expected


class TestDecisions:
    def test_a_decision_is_found_with_its_span(self):
        text = "Membaca putusan Nomor 12/Pid.B/2014/PN Kds tanggal 3 Maret 2014"
        assert cited(text) == [("12/Pid.B/2014/PN Kds", "12/Pid.B/2014/PN Kds")]
        assert find(text)[0].kind is Kind.DECISION


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("pasal 363 ayat 1 ke 4 kuhp", ["KUHP:363(1)ke-4"]),
            ("363 ayat (1) ke-4 KUHP", ["KUHP:363(1)ke-4"]),
            ("UU 35/2009 pasal 112", ["UU 35/2009:112"]),
            ("KUHP:363(1)ke-4", ["KUHP:363(1)ke-4"]),
            ("UU 35/2009:127(1)a", ["UU 35/2009:127(1)a"]),
            ("pasal 55", ["55"]),
            ("pasal 338 jo pasal 55 kuhp", ["KUHP:338", "KUHP:55"]),
            ("pencurian pasal 363 kuhp", []),
            ("pencurian", []),
            ("", []),
            ("12 maret", []),
        ],
    )
    def test_an_article_query_is_recognised(self, query, expected):
        assert [article.normalised for article in parse_article_query(query)] == expected

    def test_a_coarse_query_matches_the_parts_of_the_article(self):
        (article,) = parse_article_query("pasal 363 kuhp")
        assert article.matches("KUHP:363(1)ke-4")
        assert not article.matches("KUHP:36")
        assert not article.matches("KUHAP:363")
        (any_law,) = parse_article_query("pasal 363")
        assert any_law.matches("KUHP:363(1)")

    @pytest.mark.parametrize(
        ("citation", "expected"),
        [
            ("KUHP:363(1)ke-4", ["KUHP:363(1)ke-4", "KUHP:363(1)", "KUHP:363"]),
            ("KUHP:303bis(1)ke-2", ["KUHP:303bis(1)ke-2", "KUHP:303bis(1)", "KUHP:303bis"]),
            ("UU 35/2009:127(1)a", ["UU 35/2009:127(1)a", "UU 35/2009:127(1)", "UU 35/2009:127"]),
            ("UU 35/2009", ["UU 35/2009"]),
            ("12/Pid.B/2014/PN Kds", ["12/Pid.B/2014/PN Kds"]),
            ("7(1)", ["7(1)", "7"]),
        ],
    )
    def test_ancestors_run_from_fine_to_coarse(self, citation, expected):
        assert ancestors(citation) == expected


class TestAnnotate:
    def test_citations_become_links_and_the_rest_is_escaped(self):
        text = 'A < B & "Pasal 378 KUHP"'
        assert annotate(text, find(text)) == (
            'A &lt; B &amp; &quot;<a data-citation="KUHP:378" data-kind="article">Pasal 378 KUHP</a>&quot;'
        )


class TestClean:
    def test_what_a_pdf_adds_is_removed(self):
        page = "Halaman 3 dari 20 Putusan Nomor 1/Pid.B/2020/PN Cth"
        text = f"Putusan\n{page}\nterdakwa de\u00adngan \ufb01nal\x00\n\n\n\nmengadili  \n"
        assert clean(text) == "Putusan\n\nterdakwa dengan final\n\nmengadili"


class TestRobustness:
    @given(st.one_of(st.text(max_size=400), LEGAL_TEXT))
    def test_any_text_gives_valid_ordered_spans(self, text):
        citations = find(text)
        for citation in citations:
            assert 0 <= citation.start < citation.end <= len(text)
            assert citation.normalised
        for before, after in pairwise(citations):
            assert before.end <= after.start or (before.start, before.end) == (after.start, after.end)
        parse_article_query(text)
        clean(text)
        assert annotate(text, citations).count("<a ") <= len(citations)

    @pytest.mark.parametrize(
        "seed",
        [
            "pasal ",
            "pasal 1 jo ",
            "pasal 1 ayat 1 dan ",
            "uu no 1 ",
            "undang ",
            "1/pid.b/",
            "mengingat uu ",
            " ",
            "\n",
            "1",
            "(((",
        ],
    )
    def test_repetitive_text_takes_linear_time(self, seed):
        text = (seed * 100_000)[:100_000]
        started = time.process_time()
        annotate(clean(text), find(text))
        assert time.process_time() - started < 20  # minutes, if it were not
