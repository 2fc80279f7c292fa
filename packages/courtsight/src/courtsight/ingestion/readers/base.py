"""What all readers share: limits on hostile files, the error, and text that PostgreSQL can store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.decisions.draft import DecisionDraft

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DEFAULT_LIMITS", "READER_VERSION", "Limits", "ReadError", "ReadResult", "storable"]

# Raised when readers read better: `courtsight reread` then reads anew what older ones read.
READER_VERSION = 2

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one file a reader takes before it refuses the file or record.

    Sizes are bytes; `memory_bytes` is the address space and `seconds` the time of a core that a PDF may take.
    `inflation_ratio` is how much a gzip archive may grow. A long decision has 2 million characters, 1,000 pages.
    """

    file_bytes: int = 512 * _MIB
    line_bytes: int = 32 * _MIB
    characters: int = 20_000_000
    pages: int = 10_000
    seconds: float = 60.0
    memory_bytes: int = 1024 * _MIB
    inflation_ratio: int = 200


DEFAULT_LIMITS = Limits()


class ReadError(Exception):
    """A file or record that cannot be read: which one, and why. `line` counts from 1; None is the whole file."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        super().__init__(path, reason, line)
        self.path = path
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line is not None else str(self.path)
        return f"{where}: {self.reason}"


ReadResult = DecisionDraft | ReadError

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text with line feeds as line ends, without NUL, other control characters and lone surrogates.

    PostgreSQL's `text` refuses NUL and UTF-8 refuses surrogates; form feeds become line ends.
    """
    if _UNSTORABLE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\x0b", "\n")
    return _UNSTORABLE.sub("", text)
