"""Pick the reader of a file by its content and its name, and walk folders."""

from __future__ import annotations

import gzip
import os
import zlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult
from courtsight.ingestion.readers.html import read_html
from courtsight.ingestion.readers.json_lines import read_json_lines
from courtsight.ingestion.readers.pdf import read_pdf
from courtsight.ingestion.readers.plain_text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Format", "detect", "files", "read"]

_HEAD = 4096
_BOM = b"\xef\xbb\xbf"


class Format(StrEnum):
    """What a file holds."""

    JSON_LINES = "JSON Lines"
    PDF = "PDF"
    HTML = "HTML"
    TEXT = "plain text"


_SUFFIXES = {
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".jsonl.gz": Format.JSON_LINES,
    ".ndjson.gz": Format.JSON_LINES,
    ".pdf": Format.PDF,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
}
_READERS: dict[Format, Callable[[Path, Limits], Iterator[ReadResult]]] = {
    Format.JSON_LINES: read_json_lines,
    Format.PDF: read_pdf,
    Format.HTML: read_html,
    Format.TEXT: read_text,
}
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
)


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read a file, or every file below a folder in sorted order, lazily.

    Yields drafts, and a `ReadError` for each file or record that cannot be read; it raises nothing itself.
    """
    for found in files(path):
        if isinstance(found, ReadError):
            yield found
            continue
        try:
            kind = detect(found)
        except ReadError as error:
            yield error
            continue
        yield from _READERS[kind](found, limits)


def files(path: Path) -> Iterator[Path | ReadError]:
    """The file itself, or the files below a folder: sorted, without hidden ones, links to folders not followed."""
    if not path.is_dir():
        yield path if path.exists() else ReadError(path, "there is no such file or folder")
        return
    errors: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith("."))
        yield from (ReadError(Path(error.filename), error.strerror or "cannot be opened") for error in errors)
        errors.clear()
    yield from (ReadError(Path(error.filename), error.strerror or "cannot be opened") for error in errors)


def detect(path: Path) -> Format:
    """The format of a file, by content.

    Raises:
        ReadError: if the file is empty, no regular file, of no known format, or not what its name says.
    """
    named = _named(path)
    try:
        if not path.is_file():
            raise ReadError(path, "not a regular file")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ReadError(path, error.strerror or str(error)) from None
    if not head.strip():
        raise ReadError(path, "the file is empty")
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise ReadError(path, f"the content is {what}, which cannot be imported")
    found = _by_content(head)
    if named is None and found is None:
        raise ReadError(
            path, "neither the name nor the content tells a known format (JSON Lines, PDF, HTML, text)"
        )
    if named is None or found is None:
        return _trusted(path, named, found)
    if named is not found:
        raise ReadError(path, f"named {path.suffix} but the content is {found}")
    return named


def _trusted(path: Path, named: Format | None, found: Format | None) -> Format:
    """The format where only the name or only the content tells one."""
    if found is not None:
        return found
    if named is Format.PDF:
        raise ReadError(path, f"named {path.suffix} but the content is no PDF: it lacks %PDF-")
    return named or Format.TEXT


def _named(path: Path) -> Format | None:
    name = path.name.lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None)


def _by_content(head: bytes) -> Format | None:
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(b"\x1f\x8b"):
        return Format.JSON_LINES if _inflated_head(head).lstrip(_BOM + b" \t\r\n").startswith(b"{") else None
    start = head.removeprefix(_BOM).lstrip()[:512].lower()
    if start.startswith(b"{"):
        return Format.JSON_LINES
    if start.startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<!--", b"<div", b"<meta")
    ):
        return Format.HTML
    return None


def _inflated_head(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, _HEAD)
    except (zlib.error, gzip.BadGzipFile):
        return b""
