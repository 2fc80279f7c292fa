"""When a decision was decided and pronounced, and by whom, in the closings that courts print."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.closing import read_closing

FIRST, LATER = date(2020, 3, 2), date(2020, 3, 5)
DECIDED = "Demikianlah diputuskan dalam rapat permusyawaratan pada hari Senin tanggal 2 Maret 2020 oleh kami"
PANEL = (
    "Budi Contoh, S.H., M.H., sebagai Hakim Ketua, Sari Contoh, S.H. dan Eko Contoh, S.H.,"
    " masing-masing sebagai Hakim Anggota"
)
OPEN = "dalam persidangan yang terbuka untuk umum"
SAME_DAY = [
    "putusan mana pada hari itu juga diucapkan {open}",
    "putusan mana pada hari yang sama diucapkan {open}",
    "putusan mana pada hari pula diucapkan {open}",
    "dan pada hari dan tanggal tersebut diucapkan {open}",
    "dan pada hari ini juga dibacakan {open}",
    "yang diucapkan {open} pada hari itu juga",
    "yang diucapkan {open} pada hari dan tanggal itu juga",
    "yang dibacakan {open} pada hari, tanggal tersebut di atas",
    "yang diucapkan {open} pada hari dan tanggal permusyawaratan tersebut",
    "putusan mana diumumkan {open} pada tanggal yang sama",
]
OTHER_DAY = [
    "putusan mana diucapkan {open} pada hari Kamis tanggal 5 Maret 2020",
    "dan pada hari Kamis tanggal 5 Maret 2020 putusan tersebut diucapkan {open}",
    "yang diucapkan {open} oleh Hakim Ketua tersebut pada hari Kamis, 5 Maret 2020",
    "yang diucapkan {open} pada hari Kamis tanggal 5 Maret juga",
    "berdasarkan Penetapan tanggal 3 Januari 2020, yang diucapkan {open} pada hari Kamis tanggal 05 maret2020",
]


def closing(pronounced):
    spoken = pronounced.format(open=OPEN)
    return (
        f"{DECIDED} {PANEL}, {spoken} oleh Hakim Ketua tersebut, dibantu oleh Tri Contoh, Panitera Pengganti."
    )


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize(
    ("pronounced", "day"), [*((words, FIRST) for words in SAME_DAY), *((words, LATER) for words in OTHER_DAY)]
)
def test_the_day_of_pronouncement_stands_before_or_after_the_word(pronounced, day, stripped):
    text = closing(pronounced)
    about = read_closing(
        text.lower().replace(",", "").replace(".", "").replace("-", " ") if stripped else text
    )
    assert (about.deliberated_on, about.pronounced_on) == (FIRST, day)


@pytest.mark.parametrize(
    "text",
    [
        "Demikian putusan ini dijatuhkan tanggal 2 Maret 2020 Masehi bertepatan dengan tanggal 7 Rajab 1441 Hijriyah",
        "Ditetapkan di: Kota Contoh\nPada tanggal: 2 Maret 2020\nHakim,\nBudi Contoh",
        "Demikianlah diputuskan dan diucapkan dalam sidang terbuka untuk umum pada hari Senin tanggal 2 Maret 2020",
    ],
)
def test_orders_and_short_closings_have_one_day(text):
    assert read_closing(text).pronounced_on == FIRST


def test_a_day_that_was_left_open_is_not_guessed():
    text = f"{DECIDED} {PANEL}, yang diucapkan {OPEN} pada hari Kamis tanggal ... oleh Hakim Ketua"
    assert read_closing(text).pronounced_on is None


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize(
    ("people", "presiding", "members"),
    [
        (PANEL, "Budi Contoh, S.H., M.H.", ["Sari Contoh, S.H.", "Eko Contoh, S.H."]),
        ("Budi Contoh, S.H., Hakim Tunggal pada Pengadilan Negeri Kota Contoh", "Budi Contoh, S.H.", []),
        ("Budi Contoh, S.H., M.H., sebagai Hakim Tunggal", "Budi Contoh, S.H., M.H.", []),
        ("Budi Contoh, S.H., selaku Hakim Pengadilan Negeri Kota Contoh", "Budi Contoh, S.H.", []),
        (
            "Budi Contoh, S.H. sebagai Ketua, Sari Contoh, S.H., sebagai Hakim Anggota I dan Eko Contoh, S.H.,"  # noqa: ISC004
            " sebagai Hakim Anggota II",
            "Budi Contoh, S.H.",
            ["Sari Contoh, S.H.", "Eko Contoh, S.H."],
        ),
        (
            "Budi Contoh, SH.MH selaku Hakim Ketua Majelis, Sari Contoh, SH dan Eko Contoh, SH., M.Hum"  # noqa: ISC004
            " masing-masing selaku Hakim-hakim Anggota",
            "Budi Contoh, SH.MH",
            ["Sari Contoh, SH", "Eko Contoh, SH., M.Hum"],
        ),
    ],
)  # fmt: skip
def test_the_people_of_the_court_are_read(people, presiding, members, upper):
    text = f"{DECIDED} {people}, yang diucapkan pada hari itu juga, dibantu oleh Tri Contoh, S.H., Panitera Pengganti."
    about = read_closing(text.upper().replace("DEMIKIANLAH", "Demikianlah") if upper else text)
    wanted = [presiding, *members, "Tri Contoh, S.H."]
    assert [about.presiding_judge, *about.member_judges, about.clerk] == (
        [name.upper() for name in wanted] if upper else wanted
    )


def test_an_order_of_a_single_judge_is_read():
    text = (
        "Demikian Penetapan ini dijatuhkan pada hari Senin tanggal 2 Maret 2020 oleh Budi Contoh, S.H.I. sebagai Hakim"
        " Tunggal, penetapan mana diucapkan pada hari itu juga dengan didampingi oleh Tri Contoh, S.Ag. sebagai"
        " Panitera Pengganti dan dihadiri oleh Pemohon I dan Pemohon II;"
    )
    about = read_closing(text)
    assert (about.presiding_judge, about.member_judges, about.clerk) == (
        "Budi Contoh, S.H.I.",
        [],
        "Tri Contoh, S.Ag.",
    )
    assert (about.deliberated_on, about.pronounced_on) == (FIRST, FIRST)


@given(st.text(max_size=300))
def test_any_text_is_survived(text):
    read_closing("Demikianlah diputuskan oleh kami " + text)
