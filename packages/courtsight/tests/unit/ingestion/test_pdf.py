"""PDF decisions are read, and damaged, locked, empty and exploding files are refused with a reason."""

from __future__ import annotations

import io
import zlib
from datetime import date

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from courtsight.decisions.draft import DecisionDraft, Level
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
        Level.FIRST_INSTANCE,
    )
    assert (draft.deliberated_on, draft.pronounced_on) == (date(2014, 6, 23), date(2014, 6, 25))
    assert draft.presiding_judge == "Hakim Satu, S.H., M.H."
    assert list(draft.sections) == criminal_sections
    assert "Halaman" not in draft.full_text
    assert draft.fictitious


def test_a_truncated_pdf_is_refused(decision_pdf):
    decision_pdf.write_bytes(decision_pdf.read_bytes()[:-300])
    assert "truncated" in refused(decision_pdf)


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


@pytest.mark.parametrize("filters", [1, 2])
def test_a_stream_that_explodes_is_refused_before_pdfium_sees_it(tmp_path, filters):
    data = b" " * 80_000_000
    for _ in range(filters):
        data = zlib.compress(data, 9)
    names = " ".join(["/FlateDecode"] * filters)
    body = f"1 0 obj\n<< /Length {len(data)} /Filter [{names}] >>\nstream\n".encode()
    path = tmp_path / "bomb.pdf"
    path.write_bytes(b"%PDF-1.7\n" + body + data + b"\nendstream\nendobj\n%%EOF\n")
    assert "beyond all measure" in refused(path)


def test_too_many_pages_or_characters_are_refused(decision_pdf):
    assert "pages, more than 1" in refused(decision_pdf, pages=1)
    assert "more than 100 characters" in refused(decision_pdf, characters=100)
    assert "larger than 10 bytes" in refused(decision_pdf, file_bytes=10)
    assert "longer than" in refused(decision_pdf, seconds=1e-9) or "too long" in refused(
        decision_pdf, seconds=1e-9
    )


def test_a_wrong_extension_is_named(tmp_path):
    path = tmp_path / "page.pdf"
    path.write_text("<!doctype html><html></html>")
    (error,) = read(path)
    assert error.reason == "named .pdf but the content is HTML"
