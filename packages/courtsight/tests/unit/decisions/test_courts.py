"""One table of courts: every name, code and slug leads to the same court."""

from __future__ import annotations

import pytest

from courtsight.decisions.case_numbers import normalise_case_number, take_apart
from courtsight.decisions.courts import (
    canonical_name,
    court_key,
    courts,
    courts_called,
    courts_with_code,
    find_court,
)
from courtsight.decisions.identity import identity_of


def test_every_court_is_found_by_all_that_it_is_called():
    for court in courts():
        for name in (court.name, court.long_name, court.name.upper(), court.long_name.lower(), court.key):
            assert find_court(name) == court, name
        assert canonical_name(court.long_name) == court.name
        assert court.region
    assert (
        len({court.key for court in courts()})
        == len({court.name for court in courts()})
        == len(courts())
        > 900
    )


def test_every_code_belongs_to_its_court_and_few_to_two():
    shared = 0
    for court in courts():
        for code in (court.code, *court.other_codes):
            if code:
                owners = courts_with_code(court.kind, code)
                assert court in owners
                shared += len(owners) > 1
    assert shared < 12


def test_a_number_of_every_district_court_tells_its_court():
    for court in courts():
        if court.kind not in {"PN", "PA", "PT", "PTUN"} or len(courts_with_code(court.kind, court.code)) != 1:
            continue
        register = "G" if court.kind == "PTUN" else "Pdt.G"
        for number in (
            f"12/{register}/2019/{court.kind} {court.code}",
            f"12/{register.upper()}/2019/{court.kind}.{court.code.upper()}",
            f"12/{register}/2019/{court.name}",
        ):
            normal = normalise_case_number(number)
            assert normal is not None, number
            assert identity_of(normal, "").court == court.key, number
            assert take_apart(normal).base == f"12/{register}/2019"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("PN.KDS", "PN Kudus"),
        ("P.N. Kudus", "PN Kudus"),
        ("Pengadilan Negeri Kudus Kelas IB", "PN Kudus"),
        ("pn-kab-semarang", "PN Ungaran"),
        ("Pengadilan Negeri Kabupaten Magelang di Mungkid", "PN Mungkid"),
        ("Pengadilan Tindak Pidana Korupsi pada Pengadilan Negeri Semarang", "PN Semarang"),
        ("Pengadilan Niaga Jakarta Pusat", "PN Jakarta Pusat"),
        ("PN Jaksel", "PN Jakarta Selatan"),
        ("PT Jawa Tengah", "PT Semarang"),
        ("PT.TUN Jakarta", "PTTUN Jakarta"),
        ("DILMIL II 09 BANDUNG", "Dilmil II-09 Bandung"),
        ("Mahkamah Syariyah Banda Aceh", "MS Banda Aceh"),
        ("MAHKAMAH AGUNG RI", "Mahkamah Agung"),
        ("PN RIMBA RAYA", "PN Rimba Raya"),
        ("pengadilan negeri rimba raya", "PN Rimba Raya"),
        ("pn-rimba-raya", "PN Rimba Raya"),
        ("Pengadilan Negeri Pasir-Merah", "PN Pasir-Merah"),
        ("", ""),
    ],
)
def test_a_court_has_one_name(written, name):
    assert canonical_name(written) == name
    assert court_key(written) == court_key(name)


@pytest.mark.parametrize("text", ["", "%", "_", "PN", "pn %", "Pengadilan Negeri", "rimba raya"])
def test_what_is_no_place_and_no_code_calls_no_court(text):
    assert courts_called(text) == ()


@pytest.mark.parametrize("text", ["Kudus", "Pengadilan Negeri", "PN", "", "%", "PN Jakarta", "negeri kudus"])
def test_what_names_no_court_finds_none(text):
    assert find_court(text) is None
