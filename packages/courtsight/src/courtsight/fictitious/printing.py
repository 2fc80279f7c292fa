"""Prints decisions as PDFs: pages of Times, which every reader of PDFs has, and where each line of the text stands."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from courtsight.decisions.draft import PageLayout, Section
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courtsight.decisions.draft import DecisionDraft

WIDTH, HEIGHT = 595.0, 842.0  # points: A4
MARGIN, LEADING, SIZE = 62.0, 15.0, 11.0
_LINES = 47  # of a page
_UP, _DOWN = 0.8, 0.22  # of the size: how far letters reach above and below their line
_ROOM = 1000 * (WIDTH - 2 * MARGIN) / SIZE
# Of Times, in thousandths of the size: from the space to the tilde (Adobe Font Metrics); of others what digits have.
_WIDTHS = (
    *(250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500),
    *(500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722),
    *(611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444),
    *(500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722),
    *(500, 500, 444, 480, 200, 480, 541),
)  # fmt: skip
_OTHERS = {"\u2018": 333, "\u2019": 333, "\u201c": 444, "\u201d": 444}  # quotation marks
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A printed line: `text[start:end]` of the decision, and where it begins."""

    start: int
    end: int
    left: float
    width: float


def print_decision(draft: DecisionDraft) -> tuple[bytes, list[PageLayout]]:
    """The decision as a PDF, and its pages with the lines of its text. The same decision gives the same bytes."""
    text = draft.full_text
    lines = list(_lines(text, len(draft.sections.get(Section.HEADER.value, ""))))
    pages = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)]
    return _file(draft, text, pages), [_layout(number, page) for number, page in enumerate(pages, start=1)]


def _lines(text: str, header: int) -> Iterator[_Line | None]:
    """The lines of the text; None is an empty one. Capitals in the header stand in the middle."""
    start = 0
    for paragraph in text.split("\n"):
        if not paragraph.strip():
            yield None
        middle = start < header and paragraph.isupper()
        for first, last in _wrapped(paragraph):
            width = _width(paragraph[first:last]) * SIZE / 1000
            left = (WIDTH - width) / 2 if middle else MARGIN
            yield _Line(start + first, start + last, left, width)
        start += len(paragraph) + 1


def _wrapped(paragraph: str) -> Iterator[tuple[int, int]]:
    """Where the lines of a paragraph begin and end; blanks at their ends are left out."""
    first, last, used = len(paragraph) - len(paragraph.lstrip()), 0, 0
    for word in _WORD.finditer(paragraph):
        bare = word[0].rstrip()
        width = _width(bare)
        if used + width > _ROOM and last:
            yield first, last
            first, used = word.start(), 0
        used += width + _width(word[0][len(bare) :])
        last = word.start() + len(bare)
    if last:
        yield first, last


@lru_cache(100_000)
def _width(text: str) -> int:
    return sum(_WIDTHS[ord(each) - 32] if " " <= each <= "~" else _OTHERS.get(each, 500) for each in text)


def _baseline(place: int) -> float:
    """How far below the top of the page a line stands."""
    return MARGIN + SIZE + LEADING * place


def _layout(number: int, lines: list[_Line | None]) -> PageLayout:
    places: list[int] = []
    for place, line in enumerate(lines):
        if line is not None:
            base = _baseline(place)
            box = (line.left, base - _UP * SIZE, line.left + line.width, base + _DOWN * SIZE)
            places += (line.start, line.end, *(round(10 * each) for each in box))
    return PageLayout(number, WIDTH, HEIGHT, tuple(places))


def _file(draft: DecisionDraft, text: str, pages: list[list[_Line | None]]) -> bytes:
    """Objects of a PDF (ISO 32000-1, 7.5): catalogue, pages, font, description, then each page and its content."""
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(len(pages)))
    about = {"Title": printed_number(draft.case_number), "Subject": frame("closing")["notice"]}
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        b"<< "
        + b" ".join(b"/%s (%s)" % (name.encode(), _string(said)) for name, said in about.items())
        + b" >>",
    ]
    for place, page in enumerate(pages):
        content = zlib.compress(_content(text, page))
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH:g} {HEIGHT:g}]"
            f" /Resources << /Font << /F 3 0 R >> >> /Contents {6 + 2 * place} 0 R >>".encode(),
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    file, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    size = len(objects) + 1
    return bytes(file) + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer % (size, len(file))


def _content(text: str, lines: list[_Line | None]) -> bytes:
    drawn = [
        b"1 0 0 1 %.2f %.2f Tm (%s) Tj"
        % (line.left, HEIGHT - _baseline(place), _string(text[line.start : line.end]))
        for place, line in enumerate(lines)
        if line is not None
    ]
    return b"BT /F %g Tf\n%s\nET" % (SIZE, b"\n".join(drawn))


def _string(text: str) -> bytes:
    raw = text.encode("cp1252", errors="replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
