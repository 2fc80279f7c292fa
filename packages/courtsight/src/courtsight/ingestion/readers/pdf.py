"""PDF decisions, read with pdfium. It blocks: call it in a worker, never on the event loop."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING

from courtsight.decisions.draft import DecisionDraft, PageLayout
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.child_process import RefusedError, pdf_pages
from courtsight.ingestion.readers.drafting import draft_from_lines
from courtsight.ingestion.readers.layout import body_lines, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from courtsight.ingestion.readers.layout import Line, Page

__all__ = ["read_pdf"]

_HEAD = 1024
_OBJECT = re.compile(rb"\n\d{1,10} \d{1,5} obj\b")
_LETTERS = 40
_PICTURE = 0.5  # of a page, from which a page without text is a scan


def read_pdf(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one decision; a PDF that is damaged, locked, without text or oversized is an error."""
    try:
        _refuse_damaged(path, limits)
        pages = read_pages(pdf_pages(path, limits))
        lines = body_lines(pages)
        for line in lines:
            line.text = storable(line.text)
        if _is_scan([page for page, _ in pages], lines):
            yield ReadError(path, "the PDF holds no text: it is a scan and needs character recognition first")
            return
    except RefusedError as refused:
        yield ReadError(path, str(refused))
        return
    except OSError as error:
        yield ReadError(path, error.strerror or str(error))
        return
    draft = draft_from_lines(path, lines)
    if isinstance(draft, DecisionDraft):
        written = {page.number: page for page in draft.pages}
        blank = (PageLayout(page.number, page.width, page.height, ()) for page, _ in pages)
        draft.pages = [written.get(page.number, page) for page in blank]
    yield draft


def _is_scan(pages: list[Page], lines: list[Line]) -> bool:
    """Whether the text, what a directory stamps on it left out, is in pictures: all of it, or most pages of it."""
    written = {line.page.number for line in lines}
    pictured = sum(page.pictures >= _PICTURE and page.number not in written for page in pages)
    letters = sum(character.isalpha() for line in lines for character in line.text)
    return letters < _LETTERS or 2 * pictured > len(pages)


def _refuse_damaged(path: Path, limits: Limits) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > limits.file_bytes:
            raise RefusedError(f"the file is larger than {limits.file_bytes:,} bytes")
        file.seek(0)
        if b"%PDF-" not in file.read(_HEAD):
            raise RefusedError("not a PDF: it does not begin with %PDF-")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            end = content.rfind(b"%%EOF")
            # what follows the end mark may be anything, but no part of the document: of a revision whose end is missing
            if end < 0 or _OBJECT.search(content, end) is not None:
                raise RefusedError("the PDF is truncated: its end mark is missing")
