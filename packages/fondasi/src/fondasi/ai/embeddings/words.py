"""How the static model reads text: words, and the pieces of a word that it has never seen."""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATOR = b"\x01"
PIECE_BUCKETS = 8192
PIECE_LENGTHS = (3, 4, 5)
LONGEST_UNSEEN = 40  # letters; longer ones are remnants of tables and encodings
SHORTEST_UNSEEN = 3  # letters; shorter unseen words are mostly initials and remnants

_COMBINING = re.compile(r"[\u0300-\u036f]")
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789" + SEPARATOR)
_TABLE = bytes(byte if byte in _KEPT else 0x20 for byte in (bytes(range(256)).lower()))
_GLUE = f" {SEPARATOR.decode()} "


def split_words(texts: Sequence[str]) -> list[bytes]:
    """The words of all texts in one list, lower-case, without marks and accents; `SEPARATOR` between texts.

    A word is a run of ASCII letters and digits: "S.H." gives `s h`, "363(1)" gives `363 1`.
    """
    joined = _GLUE.join(texts)
    if joined.count(SEPARATOR.decode()) != len(texts) - 1:
        joined = _GLUE.join(text.replace(SEPARATOR.decode(), " ") for text in texts)
    if not joined.isascii():
        joined = _COMBINING.sub("", unicodedata.normalize("NFKD", joined))
    return joined.encode("ascii", "replace").translate(_TABLE).split()


def word_pieces(word: bytes) -> list[int]:
    """Buckets of a word's character n-grams (3 to 5 letters, edges marked), for a word that is not in a vocabulary.

    Related forms share pieces: `perceraian` and `bercerai` share those of `cerai`. Hashed as in Bojanowski et al.
    2017, "Enriching Word Vectors with Subword Information", with CRC-32. Empty for numbers, very short and very
    long words.
    """
    if not SHORTEST_UNSEEN <= len(word) <= LONGEST_UNSEEN or not word.isalpha():
        return []
    marked = b"<" + word + b">"
    return [
        zlib.crc32(marked[start : start + length]) % PIECE_BUCKETS
        for length in PIECE_LENGTHS
        for start in range(len(marked) - length + 1)
    ]
