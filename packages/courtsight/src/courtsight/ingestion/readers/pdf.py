"""PDF decisions, read with pdfium in the process of the caller: run it in a worker, never on the event loop.

pdfium inflates a page's content in one piece, so a small file can ask for any amount of memory. The streams of
a file are therefore inflated once, in small pieces that are thrown away, before pdfium sees it.
"""

from __future__ import annotations

import re
import time
import zlib
from typing import TYPE_CHECKING

from courtsight.decisions.citations import clean
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.drafting import draft_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pypdfium2 import PdfDocument

__all__ = ["read_pdf"]

_PIECE = 256 * 1024
_TAIL = 4096
_LETTERS = 40
_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_DICTIONARY = 2048
_MAX_FILTERS = 4


def read_pdf(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one decision; a PDF that is damaged, locked, without text or oversized is an error."""
    try:
        raw = _content(path, limits)
        _refuse_damaged(raw)
        _refuse_exploding(raw, limits)
        text = clean(storable(_text(raw, limits)))
    except _RefusedError as refused:
        yield ReadError(path, str(refused))
        return
    except OSError as error:
        yield ReadError(path, error.strerror or str(error))
        return
    yield draft_from_text(path, text)


class _RefusedError(Exception):
    """Why a PDF is refused."""


def _content(path: Path, limits: Limits) -> bytes:
    if path.stat().st_size > limits.file_bytes:
        raise _RefusedError(f"the file is larger than {limits.file_bytes:,} bytes")
    return path.read_bytes()


def _refuse_damaged(raw: bytes) -> None:
    if b"%PDF-" not in raw[:1024]:
        raise _RefusedError("not a PDF: it does not begin with %PDF-")
    if b"%%EOF" not in raw[-_TAIL:]:
        raise _RefusedError("the PDF is truncated: its end mark is missing")


def _refuse_exploding(raw: bytes, limits: Limits) -> None:
    """Inflate every stream in small pieces and refuse the file if one, or all together, grow over the limits."""
    total = 0
    deadline = time.monotonic() + limits.seconds
    for match in _STREAM.finditer(raw):
        dictionary = raw[max(0, match.start() - _DICTIONARY) : match.start()].rpartition(b" obj")[2]
        filters = min(_MAX_FILTERS, len(_FLATE.findall(dictionary)))
        if not filters:
            continue
        image = re.search(rb"/Subtype\s?/Image", dictionary) is not None
        limit = limits.image_bytes if image else limits.stream_bytes
        size = _inflated_size(memoryview(raw)[match.end() :], filters, limit, deadline)
        total += 0 if image else size
        if size > limit or total > limits.inflated_bytes:
            raise _RefusedError("a stream of the PDF grows beyond all measure when inflated: refused")


def _inflated_size(data: memoryview, filters: int, limit: int, deadline: float) -> int:
    """How large a stream is after its (nested) Flate filters, counted up to just over `limit`."""
    inflaters = [zlib.decompressobj() for _ in range(filters)]
    size = position = 0
    try:
        while position < len(data) and not inflaters[0].eof and size <= limit:
            if time.monotonic() > deadline:
                raise _RefusedError("inflating the PDF takes too long: refused")
            piece: bytes = bytes(data[position : position + _PIECE])
            position += len(piece)
            size += _through(inflaters, piece, limit - size)
    except zlib.error:
        pass  # pdfium decides what to make of a damaged or encrypted stream
    return size


def _through(inflaters: list[zlib._Decompress], piece: bytes, allowed: int) -> int:
    """Push one piece through a chain of inflaters; only the size of what comes out is kept."""
    first, *rest = inflaters
    size = 0
    while piece:
        out = first.decompress(piece, _PIECE)
        size += _through(rest, out, allowed - size) if rest else len(out)
        if size > allowed or first.eof:
            break
        piece = first.unconsumed_tail
    return size


def _text(raw: bytes, limits: Limits) -> str:
    import pypdfium2  # noqa: PLC0415  # heavy, and only workers need it

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise _RefusedError("the PDF is encrypted: a password is needed") from None
        raise _RefusedError(f"the PDF is damaged ({error})") from None
    try:
        return _pages(document, limits)
    except pypdfium2.PdfiumError as error:
        raise _RefusedError(f"a page of the PDF is damaged ({error})") from None
    finally:
        document.close()


def _pages(document: PdfDocument, limits: Limits) -> str:
    count = len(document)
    if count > limits.pages:
        raise _RefusedError(f"the PDF has {count:,} pages, more than {limits.pages:,}")
    deadline = time.monotonic() + limits.seconds
    pages: list[str] = []
    characters = 0
    for index in range(count):
        page = document[index]
        text_page = page.get_textpage()
        characters += text_page.count_chars()
        if characters > limits.characters:
            raise _RefusedError(f"the PDF has more than {limits.characters:,} characters")
        pages.append(text_page.get_text_range())
        text_page.close()
        page.close()
        if time.monotonic() > deadline:
            raise _RefusedError(f"reading the PDF takes longer than {limits.seconds:g} seconds")
    text = "\n".join(pages)
    if sum(character.isalpha() for character in text[:100_000]) < _LETTERS:
        raise _RefusedError("the PDF holds no text: it is a scan and needs character recognition first")
    return text
