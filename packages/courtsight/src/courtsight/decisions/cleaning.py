"""Text without what the directory and its PDFs add to a decision."""

from __future__ import annotations

import re

__all__ = ["clean", "disclaimers", "is_watermark_piece"]

_PAGE_LINE = re.compile(
    r"^[ \t]*(?:hal(?:aman|\.)?\s{0,3}\d{1,4}\s{0,3}dari\s{0,3}\d{1,4}(?:\s{0,3}hal(?:aman|\.)?)?[^\n]{0,80}"
    r"|(?:halaman|hal\.)\s{0,3}\d{1,4}"
    r"|direktori putusan mahkamah agung republik indonesia|mahkamah agung republik indonesia"
    r"|putusan3?\.mahkamahagung\.go\.id|email\s?:\s?kepaniteraan@mahkamahagung\.go\.id[^\n]{0,80})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DISCLAIMER = re.compile(
    r"disclaimer\s{0,3}\n?kepaniteraan mahkamah agung republik indonesia berusaha.{0,900}?ext\.?\s{0,2}318\)",
    re.IGNORECASE | re.DOTALL,
)
_LIGATURES = str.maketrans(
    {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\u00ad": None, "\u200b": None, "\ufeff": None,
     "\u00a0": " ", "\r": None, "\x00": None}
)  # fmt: skip
_NAME = ("Mahkamah", "Agung", "Republik", "Indonesia")
_SPELT = 2 * "".join(_NAME)
_SHORTEST_PIECE = 3
_LONGEST_PIECE = 120


def clean(text: str) -> str:
    """The text without what a PDF adds to a decision.

    Removes page lines ("Halaman 3 dari 20"), the directory's running titles and disclaimer, pieces of its watermark,
    soft hyphens and ligatures. Spans found in the cleaned text belong to the cleaned text.
    """
    text = _DISCLAIMER.sub("", text.translate(_LIGATURES))
    lines = (line.rstrip(" \t") for line in _PAGE_LINE.sub("", text).split("\n"))
    return re.sub(
        r"\n{3,}", "\n\n", "\n".join(line for line in lines if not is_watermark_piece(line))
    ).strip()


def disclaimers(text: str) -> list[tuple[int, int]]:
    """Where the directory's disclaimer stands in the text."""
    return [match.span() for match in _DISCLAIMER.finditer(text)]


def is_watermark_piece(line: str) -> bool:
    """Whether a line is a piece of the directory's name that is broken or spaced as no writer would.

    "hkama", "blik Indonesi", "M a h ka m a h A g u n g": yes. "Mahkamah Agung" is text.
    """
    if len(line) > _LONGEST_PIECE:
        return False
    words = line.split()
    letters = "".join(words)
    return len(letters) >= _SHORTEST_PIECE and letters in _SPELT and any(word not in _NAME for word in words)
