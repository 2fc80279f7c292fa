"""What a printed decision says about itself, and Indonesian dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.case_numbers import level_of, without_court_code
from courtsight.decisions.dates import find_date, parse_date
from courtsight.decisions.draft import CourtLevel, Party
from courtsight.decisions.kinds import case_type_of
from courtsight.decisions.metadata import read_metadata
from courtsight.decisions.sections import split_sections

CASSATION = """P U T U S A N
Nomor 123 K/Pdt/2019
MAHKAMAH AGUNG
memeriksa perkara perdata pada tingkat kasasi telah memutus sebagai berikut dalam perkara antara:
Pemohon Contoh, bertempat tinggal di Kota Contoh, sebagai Pemohon Kasasi;
Lawan
Termohon Contoh, bertempat tinggal di Kota Contoh, sebagai Termohon Kasasi;
Mahkamah Agung tersebut;
MENGADILI:
Menolak permohonan kasasi;
Demikianlah diputuskan dalam rapat permusyawaratan Mahkamah Agung pada hari Rabu, tanggal 19 Februari 2020
oleh Hakim Satu, S.H., Hakim Agung yang ditetapkan oleh Ketua Mahkamah Agung sebagai Ketua Majelis, Dr. Dua
Contoh, S.H., M.Hum. dan Tiga Contoh, S.H., M.H., Hakim-Hakim Agung, masing-masing sebagai Anggota, dan
diucapkan dalam sidang terbuka untuk umum pada hari itu juga oleh Ketua Majelis dengan dihadiri Hakim-Hakim
Anggota tersebut serta Panitera Satu, S.H., Panitera Pengganti."""


def test_a_cassation_tells_its_number_court_judges_parties_and_dates():
    about = read_metadata(CASSATION, split_sections(CASSATION))
    assert (about.case_number, about.year) == ("123 K/Pdt/2019", 2019)
    assert (about.court, about.jurisdiction, about.case_type) == ("Mahkamah Agung", "umum", "perdata")
    assert about.presiding_judge == "Hakim Satu, S.H."
    assert about.member_judges == ["Dr. Dua Contoh, S.H., M.Hum.", "Tiga Contoh, S.H., M.H."]
    assert about.clerk == "Panitera Satu, S.H."
    assert (about.deliberated_on, about.pronounced_on) == (date(2020, 2, 19), date(2020, 2, 19))
    assert about.parties == [
        Party("Pemohon Kasasi", "Pemohon Contoh"),
        Party("Termohon Kasasi", "Termohon Contoh"),
    ]
    assert not about.fictitious


def test_stripped_text_gives_no_names():
    text = CASSATION.lower().replace(",", "").replace(".", "")
    about = read_metadata(text, split_sections(text))
    assert (about.presiding_judge, about.member_judges, about.parties) == ("", [], [])


@given(st.text(max_size=300))
def test_any_text_is_survived(text):
    read_metadata(text, {"identitas": text, "penutup": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 Maret 2014", date(2014, 3, 3)),
        ("03 nopember 2014", date(2014, 11, 3)),
        ("1 Pebruari 2010", date(2010, 2, 1)),
        ("2014-06-23", date(2014, 6, 23)),
        ("23-06-2014", date(2014, 6, 23)),
        ("23/6/2014", date(2014, 6, 23)),
        ("31 Februari 2014", None),
        ("\u2014", None),
        ("", None),
        ("Senin, 3 Maret 2014", None),
    ],
)
def test_dates_are_read_in_every_usual_shape(text, expected):
    assert parse_date(text) == expected


def test_a_date_is_found_within_a_sentence():
    assert find_date("pada hari Senin, tanggal 31 Februari 2014 dan 3 Maret 2014") == date(2014, 3, 3)


@pytest.mark.parametrize(
    ("number", "kind", "level"),
    [
        ("12/Pid.Sus-TPK/2014/PN Cth", "pidana khusus", CourtLevel.FIRST_INSTANCE),
        ("12/Pdt.G/2014/PA Cth", "perdata agama", CourtLevel.FIRST_INSTANCE),
        ("12/G/2019/PTUN Cth", "tata usaha negara", CourtLevel.FIRST_INSTANCE),
        ("88/Pid/2015/PT Cth", "pidana", CourtLevel.APPEAL),
        ("88/B/2015/PTTUN Cth", "tata usaha negara", CourtLevel.APPEAL),
        ("35-K/PM.II-09/AD/III/2019", "pidana militer", CourtLevel.FIRST_INSTANCE),
        ("123 K/AG/2019", "perdata agama", CourtLevel.CASSATION),
        ("45 PK/TUN/2020", "tata usaha negara", CourtLevel.REVIEW),
        ("45/B/PK/Pjk/2017", "pajak", CourtLevel.REVIEW),
        ("12/PUU-XII/2014", "", None),
    ],
)
def test_a_number_tells_kind_and_level(number, kind, level):
    assert (case_type_of(number), level_of(number)) == (kind, level)


def test_the_court_code_can_be_left_out():
    assert without_court_code("45/Pid.B/2014/PN Jkt.Sel") == "45/Pid.B/2014/PN"
    assert without_court_code("123 K/Pid/2019") == "123 K/Pid/2019"
