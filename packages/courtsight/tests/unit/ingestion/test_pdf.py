"""PDF decisions are read, and damaged, locked, empty and exploding files are refused with a reason."""

from __future__ import annotations

import io
import zlib
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from courtsight.decisions.citations import find
from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.ingestion.readers import Limits, ReadError, read, read_pdf


@pytest.fixture
def decision_pdf(tmp_path, criminal_text):
    path = tmp_path / "decision.pdf"
    path.write_bytes(pdf(criminal_text))
    return path


def pdf(text, *, encrypt=None, lines_per_page=14):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, encrypt=encrypt, pageCompression=1)
    lines = text.splitlines()
    pages = [lines[start : start + lines_per_page] for start in range(0, len(lines), lines_per_page)] or [[]]
    for number, page in enumerate(pages, start=1):
        block = canvas.beginText(40, 800)
        block.setFont("Helvetica", 9)
        for line in page:
            block.textLine(line)
        block.textLine(f"Halaman {number} dari {len(pages)} Putusan Nomor 12/Pid.B/2014/PN Cth")
        canvas.drawText(block)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def refused(path, **limits):
    (error,) = read_pdf(path, Limits(**limits))
    assert isinstance(error, ReadError)
    return error.reason


def test_a_decision_is_read_with_its_sections_and_facts(decision_pdf, criminal_sections):
    (draft,) = read_pdf(decision_pdf)
    assert isinstance(draft, DecisionDraft)
    assert (draft.case_number, draft.court, draft.level) == (
        "12/Pid.B/2014/PN Cth",
        "PN Kota Contoh",
        CourtLevel.FIRST_INSTANCE,
    )
    assert (draft.deliberated_on, draft.pronounced_on) == (date(2014, 6, 23), date(2014, 6, 25))
    assert draft.presiding_judge == "Hakim Satu, S.H., M.H."
    assert list(draft.sections) == criminal_sections
    assert "Halaman" not in draft.full_text
    assert draft.fictitious


def test_a_hyphen_at_the_end_of_a_line_is_kept(tmp_path):
    path = tmp_path / "hyphen.pdf"
    path.write_bytes(
        pdf("Nomor 12/Pid.B/2014/PN Cth\nmelanggar Pasal 2 Undang-\nUndang Nomor 31 Tahun 1999 dan lain-lain")
    )
    (draft,) = read_pdf(path)
    assert "UU 31/1999:2" in [citation.normalised for citation in find(draft.full_text)]


def test_a_truncated_pdf_is_refused(decision_pdf):
    decision_pdf.write_bytes(decision_pdf.read_bytes()[:-300])
    assert "truncated" in refused(decision_pdf)


@pytest.mark.parametrize(
    "tail", [b"\0" * 5_000, b"\n<!-- served by a proxy -->" * 4_000], ids=["zeros", "words"]
)
def test_what_follows_the_end_mark_is_no_fault(decision_pdf, tail):
    decision_pdf.write_bytes(decision_pdf.read_bytes() + tail)
    (draft,) = read_pdf(decision_pdf)
    assert draft.case_number == "12/Pid.B/2014/PN Cth"


def test_a_revision_that_is_cut_off_is_truncated(decision_pdf):
    decision_pdf.write_bytes(decision_pdf.read_bytes() + b"\n7 0 obj\n<< /Type /Page >>\nendobj\n")
    assert "truncated" in refused(decision_pdf)


def test_a_pdf_without_pages_is_refused(tmp_path):
    path = tmp_path / "empty.pdf"
    path.write_bytes(file_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]))
    assert refused(path) == "the PDF has no pages"


def test_a_damaged_pdf_is_refused(tmp_path):
    path = tmp_path / "damaged.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"x" * 500 + b"\n%%EOF\n")
    assert "damaged" in refused(path)


def test_an_encrypted_pdf_is_refused(tmp_path, criminal_text):
    path = tmp_path / "locked.pdf"
    path.write_bytes(pdf(criminal_text, encrypt=StandardEncryption("rahasia", canPrint=0)))
    assert "encrypted" in refused(path)


def test_a_scan_is_refused(tmp_path):
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.rect(50, 50, 400, 700, fill=1)
    canvas.showPage()
    canvas.save()
    path = tmp_path / "scan.pdf"
    path.write_bytes(file.getvalue())
    assert "no text" in refused(path)


def test_a_text_without_a_decision_number_is_refused(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf("Surat ini bukan putusan pengadilan dan tidak mempunyai nomor perkara sama sekali."))
    assert "no decision number" in refused(path)


def exploding_pdf(operation, size):
    """A PDF of a few kilobytes whose only page holds `size` bytes of one operation."""
    stream = zlib.compress(b"BT /F1 9 Tf 10 10 Td " + operation * (size // len(operation)), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    return file_of(objects)


def file_of(objects):
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def test_a_page_that_explodes_in_memory_is_refused_and_the_next_file_is_read(tmp_path, decision_pdf):
    path = tmp_path / "bomb.pdf"
    path.write_bytes(exploding_pdf(b"q ", 30_000_000))
    assert "needs more than 400 MiB of memory" in refused(path, memory_bytes=400 * 2**20)
    (draft,) = read_pdf(decision_pdf, Limits(memory_bytes=400 * 2**20))
    assert isinstance(draft, DecisionDraft)


def test_a_page_that_takes_too_long_is_refused_and_the_next_file_is_read(tmp_path, decision_pdf):
    path = tmp_path / "bomb.pdf"
    path.write_bytes(exploding_pdf(b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj\n", 20_000_000))
    assert "takes longer than 0.5 seconds" in refused(path, seconds=0.5, memory_bytes=2**33)
    (draft,) = read_pdf(decision_pdf)
    assert isinstance(draft, DecisionDraft)


def test_a_fork_gets_a_reader_of_its_own(decision_pdf):
    list(read_pdf(decision_pdf))
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        numbers = list(pool.map(case_number_of, [decision_pdf] * 6))
    assert numbers == ["12/Pid.B/2014/PN Cth"] * 6


def case_number_of(path):
    (draft,) = read_pdf(path)
    return draft.case_number


def test_too_many_pages_or_characters_are_refused(decision_pdf):
    assert "pages, more than 1" in refused(decision_pdf, pages=1)
    assert "more than 100 characters" in refused(decision_pdf, characters=100)
    assert "larger than 10 bytes" in refused(decision_pdf, file_bytes=10)


def test_a_wrong_extension_is_named(tmp_path):
    path = tmp_path / "page.pdf"
    path.write_text("<!doctype html><html></html>")
    (error,) = read(path)
    assert error.reason == "named .pdf but the content is HTML"
