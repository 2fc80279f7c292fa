"""Sections are found in printed and stripped text, and nothing of the text is lost."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.draft import Section
from courtsight.decisions.sections import find_sections, split_sections

STRIPPED = """putusan
nomor 12 pid b 2014 pn cth
demi keadilan berdasarkan ketuhanan yang maha esa
pengadilan negeri kota contoh yang mengadili perkara pidana menjatuhkan putusan sebagai berikut
1 nama lengkap terdakwa contoh
tempat lahir kota contoh
terdakwa ditahan dalam rumah tahanan negara oleh penyidik sejak tanggal 1 maret 2014
pengadilan negeri tersebut
telah membaca berkas perkara
telah mendengar tuntutan pidana dari penuntut umum
menimbang bahwa terdakwa diajukan ke persidangan dengan dakwaan sebagai berikut
bahwa ia terdakwa mengambil sepeda
menimbang bahwa untuk membuktikan dakwaannya penuntut umum telah mengajukan saksi
menimbang bahwa berdasarkan keterangan saksi saksi dan terdakwa diperoleh fakta fakta hukum
menimbang bahwa selanjutnya majelis hakim akan mempertimbangkan apakah berdasarkan fakta itu
mengingat pasal 362 kuhp
m e n g a d i l i
1 menyatakan terdakwa contoh bersalah
demikianlah diputuskan dalam rapat permusyawaratan majelis hakim"""

CASSATION = """P U T U S A N
Nomor 123 K/Pid/2019
MAHKAMAH AGUNG
memeriksa perkara pidana pada tingkat kasasi telah memutuskan sebagai berikut dalam perkara:
Nama : Terdakwa Contoh;
Terdakwa tersebut berada di luar tahanan;
Yang diajukan di muka persidangan Pengadilan Negeri Kota Contoh karena didakwa:
Bahwa ia Terdakwa mengambil sepeda;
Membaca tuntutan pidana Penuntut Umum;
Membaca putusan Pengadilan Negeri Kota Contoh Nomor 12/Pid.B/2014/PN Cth yang amarnya:
MENGADILI:
1. Menyatakan Terdakwa bersalah;
Menimbang, bahwa terhadap alasan-alasan kasasi tersebut Mahkamah Agung berpendapat:
Bahwa alasan kasasi tidak dapat dibenarkan;
M E N G A D I L I:
Menolak permohonan kasasi;
Demikianlah diputuskan dalam rapat permusyawaratan Mahkamah Agung"""

CIVIL = """PUTUSAN
Nomor 45/Pdt.G/2018/PN Cth
Pengadilan Negeri Kota Contoh memutuskan sebagai berikut dalam perkara antara:
Penggugat Contoh, bertempat tinggal di Kota Contoh, disebut sebagai Penggugat;
TENTANG DUDUK PERKARA
Menimbang, bahwa Penggugat dengan surat gugatannya mengajukan hal-hal berikut;
Menimbang, bahwa untuk menguatkan dalil gugatannya Penggugat mengajukan bukti surat;
TENTANG PERTIMBANGAN HUKUM
Menimbang, bahwa maksud dan tujuan gugatan adalah seperti tersebut di atas;
MENGADILI:
Menolak gugatan Penggugat;
Demikian diputuskan dalam sidang permusyawaratan Majelis Hakim"""


def names(text):
    return [span.section for span in find_sections(text)]


def test_a_stripped_criminal_decision_has_all_eleven_sections():
    assert names(STRIPPED) == list(Section)


def test_the_operative_part_that_a_cassation_quotes_is_not_its_own():
    sections = split_sections(CASSATION)
    assert sections["amar_putusan"] == "M E N G A D I L I:\nMenolak permohonan kasasi;"
    assert names(CASSATION) == [
        Section.HEADER,
        Section.IDENTITY,
        Section.DETENTION,
        Section.INDICTMENT,
        Section.DEMAND,
        Section.CASE_HISTORY,
        Section.CONSIDERATIONS,
        Section.VERDICT,
        Section.CLOSING,
    ]


def test_a_civil_decision_is_told_by_its_headings():
    assert names(CIVIL) == [
        Section.HEADER,
        Section.IDENTITY,
        Section.CASE_HISTORY,
        Section.FACTS,
        Section.CONSIDERATIONS,
        Section.VERDICT,
        Section.CLOSING,
    ]


def test_a_text_without_any_mark_is_all_header():
    assert split_sections("sepeda itu biru") == {"kepala_putusan": "sepeda itu biru"}
    assert split_sections("") == {}


@given(st.lists(st.sampled_from([*STRIPPED.split("\n"), "x", "", "_", "\u0130"]), max_size=40).map("\n".join))
def test_the_sections_cover_any_text_exactly_and_never_repeat(text):
    spans = find_sections(text)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert all(span.start < span.end for span in spans)
    assert len({span.section for span in spans}) == len(spans)


@pytest.mark.parametrize(
    "seed", ["menimbang bahwa\n", "a\n", "_\n", "i\n", "\n", " ", "mengadili\n", "terdakwa "]
)
def test_repetitive_text_takes_linear_time(seed):
    started = time.process_time()
    find_sections((seed * 100_000)[:100_000])
    assert time.process_time() - started < 3


@pytest.mark.sample
def test_the_borders_of_fully_sectioned_decisions_are_found_again(sample_records):
    """Token-level F1 on the decisions whose eleven sections the sample tells apart."""
    right, found, labelled = Counter(), Counter(), Counter()
    for record in sample_records:
        parts = [(name, text.split()) for name, text in record["sections"].items() if text]
        if len(parts) < len(Section):
            continue
        text = "\n".join(part for part in record["sections"].values() if part)
        labels = [name for name, tokens in parts for _ in tokens]
        guesses = [
            span.section.value for span in find_sections(text) for _ in text[span.start : span.end].split()
        ]
        right.update(guess for guess, label in zip(guesses, labels, strict=True) if guess == label)
        found.update(guesses)
        labelled.update(labels)
    f1 = {name: 2 * right[name] / (found[name] + labelled[name]) for name in labelled}
    assert sum(right.values()) / sum(labelled.values()) > 0.95
    assert min(f1[name] for name in ("riwayat_dakwaan", "fakta", "pertimbangan_hukum", "amar_putusan")) > 0.9
