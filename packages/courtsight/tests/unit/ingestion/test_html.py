"""Detail pages of the directory: fields by label, dates by month names, nothing from dashes."""

from __future__ import annotations

import signal
import threading
from datetime import date
from time import monotonic

import pytest

from courtsight.decisions.draft import CourtLevel
from courtsight.ingestion import importer
from courtsight.ingestion.readers import Limits, ReadError, child_process, read_html

PAGE = """<!DOCTYPE html><html><head><link rel="canonical" href="https://putusan.example/direktori/putusan/abc.html"></head>
<body><h2>Putusan PN KOTA CONTOH Nomor 12/Pid.B/2014/PN Cth</h2>
<table class="table">
<tr><td colspan="2">Putusan Terkait</td></tr>
<tr><td>Nomor</td><td>12/Pid.B/2014/PN Cth</td></tr>
<tr><td>Tingkat Proses</td><td>Pertama</td></tr>
<tr><td>Klasifikasi</td><td><a href="/k/1">Pidana Umum</a><br><a href="/k/2">Pencurian</a></td></tr>
<tr><td>Kata Kunci</td><td>Pencurian, Sepeda</td></tr>
<tr><td>Tahun</td><td>2014</td></tr>
<tr><td>Tanggal Register</td><td>3 Maret 2014</td></tr>
<tr><td>Lembaga Peradilan</td><td>PN KOTA CONTOH</td></tr>
<tr><td>Jenis Lembaga Peradilan</td><td>PN</td></tr>
<tr><td>Hakim Ketua</td><td>Hakim Satu, S.H., M.H.</td></tr>
<tr><td>Hakim Anggota</td><td>Hakim Anggota Dua, S.H.<br>Tiga, S.H., M.Hum.</td></tr>
<tr><td>Panitera</td><td>Panitera Satu</td></tr>
<tr><td>Amar</td><td>Lain-lain</td></tr>
<tr><td>Amar Lainnya</td><td>PIDANA PENJARA WAKTU TERTENTU</td></tr>
<tr><td>Catatan Amar</td><td><p>MENGADILI:</p><p>Menyatakan <b>Terdakwa Contoh</b> bersalah</p></td></tr>
<tr><td>Tanggal Musyawarah</td><td>23 Juni 2014</td></tr>
<tr><td>Tanggal Dibacakan</td><td>25 Nopember 2014</td></tr>
<tr><td>Kaidah</td><td>\u2014</td></tr>
<tr><td>Abstrak</td><td>-</td></tr>
<tr><td>Banding</td><td>88/PDT/2015/PT.CTH</td></tr>
</table>
<a href="/direktori/download_file/abc/pdf/abc">Download PDF</a>
<a href="/direktori/download_file/abc/zip/abc">Download Zip</a>
<a href="javascript:alert(1)/pdf/">x</a><a href="http://[bad/pdf/">y</a></body></html>"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_every_field_of_the_page_is_read(page):
    (draft,) = read_html(page)
    assert (draft.case_number, draft.level, draft.court) == (
        "12/Pid.B/2014/PN Cth",
        CourtLevel.FIRST_INSTANCE,
        "PN Kota Contoh",
    )
    assert (draft.jurisdiction, draft.case_type, draft.legal_area) == ("umum", "pidana", "pencurian")
    assert (draft.year, draft.keywords) == (2014, ["Pencurian", "Sepeda"])
    assert (draft.registered_on, draft.deliberated_on) == (date(2014, 3, 3), date(2014, 6, 23))
    assert draft.pronounced_on == date(2014, 11, 25)
    assert draft.presiding_judge == "Hakim Satu, S.H., M.H."
    assert draft.member_judges == ["Dua, S.H.", "Tiga, S.H., M.Hum."]
    assert draft.clerk == "Panitera Satu"
    assert (draft.outcome, draft.outcome_other) == ("lain-lain", "pidana penjara waktu tertentu")
    assert draft.outcome_note == "MENGADILI:\nMenyatakan Terdakwa Contoh bersalah"
    assert (draft.rule_of_law, draft.abstract) == ("", "")
    assert draft.related == ["88/Pdt/2015/PT Cth"]
    assert draft.source_url == "https://putusan.example/direktori/putusan/abc.html"
    assert draft.attachments == [
        "https://putusan.example/direktori/download_file/abc/pdf/abc",
        "https://putusan.example/direktori/download_file/abc/zip/abc",
    ]
    assert draft.sections == {}


def page_of(*rows, before=""):
    cells = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    return f"<!DOCTYPE html><html><body>{before}<table>{cells}</table></body></html>"


def read_page(tmp_path, content):
    path = tmp_path / "page.html"
    path.write_text(content, encoding="utf-8")
    (result,) = read_html(path)
    return result


NUMBER = ("Nomor", "12/Pid.B/2014/PN Cth")


@pytest.mark.parametrize(
    ("label", "value", "field", "wanted"),
    [
        ("Hakim Ketua", "Hakim Ketua Budi Contoh, S.H.", "presiding_judge", "Budi Contoh, S.H."),
        ("Hakim Ketua", "Hakim Tunggal: Budi Contoh, S.H.", "presiding_judge", "Budi Contoh, S.H."),
        ("Panitera", "Panitera Pengganti: Tri Contoh, S.H.", "clerk", "Tri Contoh, S.H."),
        ("Panitera", "Panitera : Tri Contoh", "clerk", "Tri Contoh"),
        ("Hakim Anggota", "Sari Contoh, Br Hakim Anggota Eko Contoh", "member_judges", ["Sari Contoh", "Eko Contoh"]),
        ("Hakim Anggota", "Hakim Anggota Sari C., S.h., Br Hakim Anggota Eko C.", "member_judges",
         ["Sari C., S.h.", "Eko C."]),
        ("Hakim Anggota", "Hakim Anggota 1: Sari C.<br>Hakim Anggota 2: Eko C.", "member_judges",
         ["Sari C.", "Eko C."]),
        ("Klasifikasi", "Pencurian / Pidana Umum", "legal_area", "pencurian"),
        ("Klasifikasi", "Pidana / Pencurian / Pidana Umum", "legal_area", "pencurian"),
        ("Klasifikasi", "Pencurian / Pidana Umum", "case_type", "pidana"),
        ("Klasifikasi", "Pidana Khusus &raquo; Narkotika", "case_type", "pidana khusus"),
        ("Klasifikasi", "Pidana Umum", "legal_area", ""),
        ("Tahun", "2014", "case_type", "pidana"),
    ],
)  # fmt: skip
def test_values_are_read_as_the_directory_prints_them(tmp_path, label, value, field, wanted):
    assert getattr(read_page(tmp_path, page_of(NUMBER, (label, value))), field) == wanted


@pytest.mark.parametrize("other", ["1", "12", "Lampiran 3", "\u2014"])
def test_a_detail_page_below_another_table_is_read(tmp_path, other):
    before = f"<table><tr><td>Nomor</td><td>{other}</td></tr><tr><td>Amar</td><td>lain</td></tr></table>"
    draft = read_page(tmp_path, page_of(NUMBER, ("Hakim Ketua", "Budi"), ("Amar", "Bebas"), before=before))
    assert (draft.case_number, draft.outcome) == ("12/Pid.B/2014/PN Cth", "bebas")


@pytest.mark.parametrize("markup", ["pre", "p", "div", "td"])
def test_a_page_that_holds_the_text_is_read_as_a_text(tmp_path, criminal_text, criminal_sections, markup):
    lines = criminal_text.splitlines()
    body = {
        "pre": f"<pre>{criminal_text}</pre>",
        "p": "".join(f"<p>{line}</p>" for line in lines),
        "div": "<div>" + "<br>".join(lines) + "</div>",
        "td": "<table><tr><td>" + "<br>".join(lines) + "</td></tr></table>",
    }[markup]
    draft = read_page(
        tmp_path, f"<html><head><title>x</title></head><body><nav>Beranda</nav>{body}</body></html>"
    )
    assert list(draft.sections) == criminal_sections
    assert draft.case_number == "12/Pid.B/2014/PN Cth"
    assert "Beranda" not in draft.full_text


def test_a_detail_page_that_holds_the_text_tells_both(tmp_path, criminal_text, criminal_sections):
    before = f"<h2>Putusan</h2><pre>{criminal_text}</pre>"
    draft = read_page(tmp_path, page_of(NUMBER, ("Kaidah", "Sebuah kaidah"), before=before))
    assert list(draft.sections) == criminal_sections
    assert (draft.rule_of_law, draft.outcome_other) == ("Sebuah kaidah", "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html>",
        "<table><tr><td>Nomor</td><td>\u2014</td></tr></table>",
        "<![x[",
        "<!",
        "\x00\x01",
        "<tr>" * 20_000,
    ],
)
def test_a_page_without_a_number_is_refused(tmp_path, content):
    path = tmp_path / "page.html"
    path.write_text(content, encoding="utf-8")
    (error,) = read_html(path)
    assert isinstance(error, ReadError)


def test_a_huge_page_is_refused(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(b" " * 5_000_000)
    (error,) = read_html(path)
    assert "larger than" in error.reason


MANY = 4 * 1024 * 1024
BOMBS = {
    "unclosed tags": "<b>",
    "line breaks": "<p><br>",
    "ends without a beginning": "</",
    "declarations": "<!",
    "nested tables": "<table><tr><td>",
}


@pytest.mark.parametrize("piece", BOMBS.values(), ids=BOMBS)
def test_a_page_that_takes_too_long_is_refused_and_the_next_one_is_read(tmp_path, page, piece):
    path = tmp_path / "bomb.html"
    path.write_text((piece * MANY)[:MANY], encoding="utf-8")
    started = monotonic()
    (error,) = read_html(path, Limits(seconds=1))
    assert isinstance(error, ReadError)
    assert monotonic() - started < 20  # minutes before
    (draft,) = read_html(page)
    assert draft.case_number == "12/Pid.B/2014/PN Cth"


def test_a_large_page_has_time_for_each_part_of_it(tmp_path, monkeypatch):
    """Dense pages of 4 MB were refused: they cost more than the five seconds that a page of any size had."""
    path = tmp_path / "dense.html"
    row = "<tr><td>Catatan</td><td><p>Menyatakan <b>Terdakwa</b> <i>bersalah</i></p></td></tr>"
    path.write_text(PAGE.replace("</table>", f"{row * 8_000}</table>"), encoding="utf-8")
    monkeypatch.setattr(child_process, "_PAGE_SECONDS", 0.1)
    (draft,) = read_html(path)
    assert draft.case_number == "12/Pid.B/2014/PN Cth"


def test_a_busy_machine_refuses_no_page(page):
    """What counts is what a page costs, not how long others keep its parser from the processor."""
    list(read_html(page))  # the child runs
    child = child_process._children[child_process._HTML].process
    child.send_signal(signal.SIGSTOP)
    going_on = threading.Timer(2, child.send_signal, [signal.SIGCONT])
    going_on.start()
    (draft,) = read_html(page, Limits(seconds=0.5))
    going_on.join()
    assert draft.case_number == "12/Pid.B/2014/PN Cth"


def test_large_files_are_read_by_all_processes(tmp_path):
    """23 pages of 4 MB were one process's, one after the other, while the others waited."""
    paths = []
    for number, size in enumerate([100, 200, importer.BYTES_AT_ONCE, 4_000_000, 4_000_000, *[100] * 30]):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(b" " * size)
    paths.append(tmp_path / "gone")
    batches = importer._batches(paths)
    assert [path for batch in batches for path in batch] == paths
    assert [len(batch) for batch in batches] == [2, 1, 1, 1, importer.READ_AT_ONCE, 6]
