"""Forms of words as they are spoken, and of the same root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.lexicon.forms import SHORTEST, related_forms, spoken_forms


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("nyimpen", "menyimpan"),
        ("nyuri", "mencuri"),
        ("digadein", "digadaikan"),
        ("dibunuhin", "dibunuh"),
        ("ketabrak", "tertabrak"),
        ("kecopetan", "copet"),
        ("ngambil", "mengambil"),
        ("ngutang", "berutang"),
        ("ngejual", "menjual"),
        ("ngebakar", "membakar"),
        ("nipu", "menipu"),
        ("mukul", "memukul"),
        ("pake", "pakai"),
        ("kalo", "kalau"),
        ("laporin", "laporkan"),
    ],
)
def test_what_is_said_has_a_written_form(spoken, written):
    assert written in spoken_forms(spoken)


@pytest.mark.parametrize("word", ["bacok", "pencurian", "gugatan", "izin", "xkcd"])
def test_words_that_are_written_so_have_none_that_could_be_taken_for_them(word):
    assert not {"bacokan", "curi", "gugat", "izinkan"} & set(spoken_forms(word))


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("cabut", "dicabut"),
        ("cabut", "pencabutan"),
        ("menempati", "ditempati"),
        ("penyelundupan", "menyelundupkan"),
        ("agunan", "diagunkan"),
        ("terbatas", "dibatasi"),
        ("membunuh", "pembunuhan"),
        ("dipukul", "memukul"),
    ],
)
def test_forms_of_the_same_root(word, form):
    assert form in related_forms(word)


def test_roots_lose_their_first_letter_only_to_its_own_nasal():
    assert {"tempati", "ditempati"} <= {*related_forms("menempati")}
    assert "empat" not in related_forms("menempati")
    assert "ambil" in related_forms("mengambil")
    assert "kirim" in related_forms("mengirim")


@given(word=st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789é", min_size=1, max_size=40))
def test_any_word_has_few_forms_none_of_them_itself_or_short(word):
    for forms in (spoken_forms(word), related_forms(word)):
        assert len(forms) == len(set(forms)) <= 250
        assert word not in forms
        assert all(len(form) >= SHORTEST for form in forms)
