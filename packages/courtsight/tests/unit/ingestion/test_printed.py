"""What the directory and printers put around a decision is left out, and the text is read as it is shown."""

from __future__ import annotations

import re

import pytest
from printing import Shape, print_pdf, print_two_columns

from courtsight.decisions.applied import applied_articles
from courtsight.decisions.cleaning import clean
from courtsight.decisions.draft import DecisionDraft
from courtsight.ingestion.readers import ReadError, read_pdf, read_text

FRAMES = ["new", "old", "letters", "pieces"]


@pytest.fixture
def printed(tmp_path):
    """Print a text and read it back."""

    def read(text, **shape):
        path = tmp_path / "decision.pdf"
        path.write_bytes(print_pdf(text, Shape(**shape)))
        (result,) = read_pdf(path)
        return result

    return read


def words(text):
    return text.split()


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("lines_per_page", [3, 14, 40])
def test_the_frame_of_the_directory_is_no_text(printed, criminal_text, frame, lines_per_page):
    draft = printed(criminal_text, frame=frame, lines_per_page=lines_per_page, copy_mark=True)
    assert words(draft.full_text) == words(criminal_text)


def test_a_page_alone_has_no_frame_either(printed, criminal_text):
    draft = printed(criminal_text, frame="new", lines_per_page=100)
    assert words(draft.full_text) == words(criminal_text)


@pytest.mark.parametrize("frame", ["", *FRAMES])
def test_a_citation_goes_on_over_the_end_of_a_page(printed, criminal_text, frame):
    text = criminal_text.replace(
        "Memperhatikan, Pasal 362 KUHP dan", "Memperhatikan, Pasal 363 ayat (1)\nke-4 KUHP dan"
    )
    broken = text[: text.index("ke-4 KUHP")].count("\n")
    draft = printed(text, frame=frame, lines_per_page=broken)
    assert applied_articles(draft) == ("KUHP:363(1)ke-4", "KUHAP")[:1]
    assert "ayat (1)\nke-4 KUHP" in draft.full_text


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("drawn_turned", [False, True])
@pytest.mark.parametrize("frame", ["", "new"])
def test_a_rotated_page_is_read_along_its_lines(printed, criminal_text, degrees, drawn_turned, frame):
    draft = printed(criminal_text, rotated=degrees, drawn_turned=drawn_turned, frame=frame)
    assert words(draft.full_text) == words(criminal_text)


@pytest.mark.parametrize("frame", ["new", "old", "letters"])
def test_a_scan_within_the_frame_is_a_scan(printed, criminal_text, frame):
    refused = printed(criminal_text, frame=frame, scanned=True)
    assert isinstance(refused, ReadError)
    assert "it is a scan" in refused.reason


@pytest.mark.parametrize(
    "piece",
    [
        "hkama",
        "ahkamah Agung Repub",
        "blik Indonesi",
        "M a h ka m a h A g u n g R e p u b l ik In d o n e s ia",
    ],
)
def test_pieces_of_the_watermark_are_no_lines_of_a_text(tmp_path, criminal_text, piece):
    path = tmp_path / "decision.txt"
    lines = criminal_text.splitlines()
    path.write_text("\n".join([*lines[:9], piece, *lines[9:]]))
    (draft,) = read_text(path)
    assert piece not in draft.full_text
    assert words(draft.full_text) == words(criminal_text)


@pytest.mark.parametrize(
    "line", ["Mahkamah Agung", "MAHKAMAH AGUNG", "Agung", "an", "Republik Indonesia Nomor 5"]
)
def test_words_that_name_the_court_are_text(line):
    assert clean(f"kepada\n{line}\nuntuk") == f"kepada\n{line}\nuntuk"


def test_every_line_has_its_place_on_its_page(printed, criminal_text):
    draft = printed(criminal_text, frame="new", lines_per_page=10)
    text = draft.full_text
    assert [page.number for page in draft.pages] == list(range(1, len(draft.pages) + 1))
    lines = []
    for page in draft.pages:
        places = [page.lines[start : start + 6] for start in range(0, len(page.lines), 6)]
        lines += [text[begin:end] for begin, end, *_ in places]
        tops = [top for _, _, _, top, _, _ in places]
        assert tops == sorted(tops)
        for begin, end, left, top, right, bottom in places:
            assert 0 <= begin < end <= len(text)
            assert 0 < left < right < 10 * page.width
            assert 0 < top < bottom < 10 * page.height
    assert [line.strip() for line in lines] == [line for line in criminal_text.splitlines() if line]


def test_two_columns_are_read_one_after_the_other(tmp_path):
    path = tmp_path / "columns.pdf"
    path.write_bytes(print_two_columns())
    (draft,) = read_pdf(path)
    assert isinstance(draft, DecisionDraft)
    numbers = re.findall(r"kolom (\w+) baris (\d+)", draft.full_text)
    assert numbers == [(side, str(place)) for side in ("kiri", "kanan") for place in range(12)]


def test_a_table_of_names_and_values_stays_in_rows(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "table.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 10)
    labels = [
        "Nomor 12/Pid.B/2014/PN Cth",
        "Nama lengkap",
        "Tempat lahir",
        "Umur",
        "Jenis kelamin",
        "Kebangsaan",
        "Agama",
        "Pekerjaan",
    ]
    for place, label in enumerate(labels):
        canvas.drawString(60, 770 - 14 * place, label)
        canvas.drawString(220, 770 - 14 * place, ":")
        canvas.drawString(240, 770 - 14 * place, f"nilai {place} yang cukup panjang untuk sebuah kolom")
    canvas.save()
    (draft,) = read_pdf(path)
    assert "Nama lengkap : nilai 1" in draft.full_text
    assert "Pekerjaan : nilai 7" in draft.full_text
