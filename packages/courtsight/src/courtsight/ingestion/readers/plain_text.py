"""Plain text decisions, one in a file."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from courtsight.decisions.citations import clean
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.drafting import draft_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_text"]

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_CONTROL_SHARE = 0.01


def read_text(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one decision: UTF-8, UTF-16 with a byte order mark, or Windows-1252."""
    try:
        if path.stat().st_size > min(limits.file_bytes, 4 * limits.characters):
            yield ReadError(path, f"the text is longer than {limits.characters:,} characters")
            return
        raw = path.read_bytes()
    except OSError as error:
        yield ReadError(path, error.strerror or str(error))
        return
    text = _decoded(raw)
    if text is None:
        yield ReadError(path, "not a text: it holds binary data")
    elif len(text) > limits.characters:
        yield ReadError(path, f"the text is longer than {limits.characters:,} characters")
    else:
        yield draft_from_text(path, clean(storable(text)))


def _decoded(raw: bytes) -> str | None:
    if raw.startswith(_UTF16):
        return raw.decode("utf-16", errors="replace")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    controls = sum(character < " " and character not in "\t\n\r\f\v" for character in text[:100_000])
    return None if controls > _MAX_CONTROL_SHARE * len(text[:100_000]) else text
