"""What an operative part orders: outcome, sentence, area of law."""

from __future__ import annotations

import time

import pytest

from courtsight.decisions.draft import CourtLevel
from courtsight.decisions.verdict import read_verdict
from courtsight.fictitious import generate

PRISON = "Menjatuhkan pidana kepada Terdakwa oleh karena itu dengan pidana penjara selama"
GUILTY = "MENGADILI:\n1. Menyatakan Terdakwa Contoh terbukti secara sah dan meyakinkan bersalah melakukan tindak pidana"


def criminal(text):
    return read_verdict(text, level=CourtLevel.FIRST_INSTANCE, case_type="pidana")


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize(
    ("orders", "outcome"),
    [
        (f"{GUILTY} penipuan;\n2. {PRISON} 2 (dua) tahun;", "pidana"),
        ("Menyatakan Terdakwa tidak terbukti;\nMembebaskan Terdakwa oleh karena itu dari segala dakwaan;", "bebas"),
        ("Membebaskan Terdakwa dari semua dakwaan Penuntut Umum (vrijspraak);", "bebas"),
        ("perbuatan itu bukan tindak pidana;\nMelepaskan Terdakwa dari segala tuntutan hukum;", "lepas"),
        (f"Membebaskan Terdakwa dari dakwaan primair;\n{PRISON} 1 (satu) tahun;", "pidana"),
        ("Menyatakan penuntutan Nomor 84/Pid.B/2011/PN Cth tidak dapat diterima;", "tidak dapat diterima"),
        ("Menyatakan surat dakwaan Penuntut Umum batal demi hukum;", "batal demi hukum"),
        ("Menyatakan gugur hak penuntutan terhadap Terdakwa;", "gugur"),
        ("Menetapkan barang bukti dirampas;\nMembebaskan Terdakwa dari biaya perkara;", ""),
    ],
)  # fmt: skip
def test_a_criminal_verdict_tells_its_outcome(orders, outcome, stripped):
    text = "".join(letter if letter.isalnum() or letter == "\n" else " " for letter in orders.lower())
    assert criminal(text if stripped else orders).outcome == outcome


@pytest.mark.parametrize(
    ("orders", "level", "outcome", "other"),
    [
        ("Menolak eksepsi Tergugat;\nMengabulkan gugatan Penggugat untuk seluruhnya;", None, "kabul", ""),
        ("Mengabulkan gugatan Penggugat sebagian;\nMenolak gugatan selebihnya;", None, "kabul", "kabul sebagian"),
        ("Menolak gugatan Penggugat untuk seluruhnya;", None, "tolak", ""),
        ("Menyatakan gugatan Penggugat tidak dapat diterima (NO);", None, "tidak dapat diterima", ""),
        ("Mengabulkan permohonan para Pemohon;", None, "kabul", ""),
        ("Menyatakan perkara dicabut;", None, "cabut", ""),
        ("Dalam Konpensi: Mengabulkan gugatan Penggugat; Dalam Rekonpensi: Menolak gugatan;", None, "kabul", ""),
        ("Menerima permohonan banding;\nMenguatkan putusan Pengadilan Contoh;", CourtLevel.APPEAL, "menguatkan", ""),
        ("Memperbaiki amar putusan Pengadilan Contoh sekadar mengenai biaya;", CourtLevel.APPEAL, "mengubah", ""),
        ("Membatalkan putusan;\nMENGADILI SENDIRI: Menolak gugatan;", CourtLevel.APPEAL, "membatalkan", ""),
        ("Menolak permohonan kasasi dari Pemohon Kasasi;", CourtLevel.CASSATION, "tolak", ""),
        ("Menolak permohonan kasasi dari Pemohon;\nMemperbaiki putusan;", CourtLevel.CASSATION, "tolak perbaikan", ""),
        ("Mengabulkan permohonan kasasi;\nMembatalkan putusan;\nMenolak gugatan;", CourtLevel.CASSATION, "kabul", ""),
        ("Menyatakan permohonan tidak dapat diterima;", CourtLevel.REVIEW, "tidak dapat diterima", ""),
    ],
)  # fmt: skip
def test_a_civil_or_higher_verdict_tells_its_outcome(orders, level, outcome, other):
    verdict = read_verdict("MENGADILI:\n" + orders, level=level, case_type="perdata")
    assert (verdict.outcome, verdict.outcome_other) == (outcome, other)


@pytest.mark.parametrize(
    ("term", "days"),
    [
        ("2 (dua) tahun", 720),
        ("1 (satu) tahun dan 6 (enam) bulan", 540),
        ("5 lima bulan 15 lima belas hari", 165),
        ("masing-masing selama 10 (sepuluh) bulan", 300),
        ("satu tahun", 360),
        ("2 (dua) tahun dan denda, apabila tidak dibayar diganti dengan pidana penjara selama 3 (tiga) tahun", 720),
    ],
)  # fmt: skip
def test_the_sentence_is_the_imprisonment_that_is_imposed(term, days):
    verdict = criminal(
        f"{GUILTY} penipuan;\n{PRISON} {term};\nMenetapkan masa penahanan selama 9 (sembilan) tahun"
    )
    assert (verdict.sentence_days, verdict.outcome_other) == (days, "pidana penjara waktu tertentu")
    assert verdict.legal_area == "penipuan"


def test_an_acquittal_has_no_sentence():
    assert criminal("Membebaskan Terdakwa dari segala dakwaan").sentence_days is None


def test_the_operative_parts_of_the_fictitious_decisions_tell_what_they_order():
    wrong = []
    for draft in generate(150):
        verdict = read_verdict(draft.sections["amar_putusan"], level=draft.level, case_type=draft.case_type)
        if verdict.outcome != draft.outcome:
            wrong.append((draft.case_number, draft.outcome, verdict))
    assert wrong == []


@pytest.mark.parametrize(
    "piece", ["menjatuhkan ", "selama 1 ", "terdakwa menyatakan ", "dari segala ", "1 satu "]
)
def test_repetitive_text_takes_linear_time(piece):
    started = time.process_time()
    criminal((piece * 100_000)[:200_000])
    assert time.process_time() - started < 6
