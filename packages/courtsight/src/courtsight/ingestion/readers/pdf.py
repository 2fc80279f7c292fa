"""PDF decisions, read with pdfium. It blocks: call it in a worker, never on the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.citations import clean
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.child_process import RefusedError, pdf_text
from courtsight.ingestion.readers.drafting import draft_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_pdf"]

_HEAD = 1024
_TAIL = 4096
_LETTERS = 40
_SAMPLE = 100_000
# How pdfium marks a hyphen at the end of a line; in Indonesian it nearly always belongs to the word.
_LINE_END_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})


def read_pdf(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one decision; a PDF that is damaged, locked, without text or oversized is an error."""
    try:
        _refuse_damaged(path, limits)
        text = pdf_text(path, limits).translate(_LINE_END_HYPHENS)
        if sum(character.isalpha() for character in text[:_SAMPLE]) < _LETTERS:
            yield ReadError(path, "the PDF holds no text: it is a scan and needs character recognition first")
            return
    except RefusedError as refused:
        yield ReadError(path, str(refused))
        return
    except OSError as error:
        yield ReadError(path, error.strerror or str(error))
        return
    yield draft_from_text(path, clean(storable(text)))


def _refuse_damaged(path: Path, limits: Limits) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > limits.file_bytes:
            raise RefusedError(f"the file is larger than {limits.file_bytes:,} bytes")
        file.seek(0)
        if b"%PDF-" not in file.read(_HEAD):
            raise RefusedError("not a PDF: it does not begin with %PDF-")
        file.seek(max(0, size - _TAIL))
        if b"%%EOF" not in file.read(_TAIL):
            raise RefusedError("the PDF is truncated: its end mark is missing")
