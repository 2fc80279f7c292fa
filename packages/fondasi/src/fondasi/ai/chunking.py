"""Parent-child chunking on sentence borders, with character spans that map back to the source.

A child (about a sentence or two) is what a vector search matches and what a snippet shows; its parent (a few
paragraphs) is the context that a language model reads. Parents cover their section without gaps or overlaps,
children cover their parent, so that for every chunk `section_text[start:end] == chunk.text` and
`"".join(parent.text for parent in parents) == section_text`.

Court decisions come in two kinds of text. Properly printed ones end sentences with marks, and abound in full
stops that end nothing ("No. 5", "Tn. A", "S.H., M.H.", "Rp1.000,-", "a.n."). Stripped ones have no marks at
all; there, line breaks and the words that open a legal clause ("menimbang", "bahwa") are the borders.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHILD_SIZE = 400
PARENT_SIZE = 2000
MINIMUM_SIZE = 16

_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        """alm amd an apt art bn bpk brig btn cq cs cv ds dr dra drh drs dk gg gub hal hj hlm hr huf ir jl jln
        jo jis kab kec kel kep kol komp kpd kpt lamp lt ltd mayjen mgr no nom nn ny pak per pid pdt plt plh
        prof prov ps psl pt rm rp rr rt rw sdr sdri sdra sec sh st sus tb tgl th tn tlp telp tsb ust vol vs
        yth""",
    )
)
# Each begins with one set of characters: the search skips to them many times faster than it tries alternatives.
_CANDIDATE = re.compile(r"""[.!?;\n](?:(?<!\n)[]"'”\u2019)]*\s+|(?<=\n)\s*\n\s*)""")
_WORD_BEFORE = re.compile(r"[\w.]*\Z")
_OPENS_SENTENCE = re.compile(r"""["'“\u2018(\[]*[A-Z0-9À-Þ\-•\u2013]""")
# Of text in lower case.
_CLAUSE = re.compile(
    r"\s(?:(?<=\n)\s*|(?=(?:menimbang|mengingat|memperhatikan|mengadili|menyatakan|menetapkan|menjatuhkan|memerintahkan"
    r"|membebankan|bahwa|setelah|terhadap|atas|adapun|selanjutnya|kemudian|berdasarkan)\b))"
)
_SENTENCE_AT_MOST = (
    1000  # characters per sentence, on average, above which a text counts as stripped of marks
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A child: `text` is `section_text[start:end]`, offsets in characters (code points)."""

    section: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ParentChunk:
    """A parent and the children that cover it, in reading order."""

    section: str
    start: int
    end: int
    text: str
    children: tuple[Chunk, ...]


def chunk_document(
    sections: Mapping[str, str], *, parent_size: int = PARENT_SIZE, child_size: int = CHILD_SIZE
) -> list[ParentChunk]:
    """Chunk every section of a document, in order; no chunk crosses a section.

    Args:
        sections: section name to its text. Blank sections give no chunks.
        parent_size: most characters in a parent.
        child_size: most characters in a child; at least 16 and at most `parent_size`.

    Raises:
        ValueError: the sizes are out of order.
    """
    return [
        parent
        for name, text in sections.items()
        for parent in chunk_section(name, text, parent_size=parent_size, child_size=child_size)
    ]


def chunk_section(
    section: str, text: str, *, parent_size: int = PARENT_SIZE, child_size: int = CHILD_SIZE
) -> list[ParentChunk]:
    """Chunk one section's text. Parameters and errors as in `chunk_document`."""
    if not MINIMUM_SIZE <= child_size <= parent_size:
        message = (
            f"Chunk sizes must be {MINIMUM_SIZE} <= child <= parent; got {child_size} and {parent_size}."
        )
        raise ValueError(message)
    if not text or text.isspace():
        return []
    borders = sentence_borders(text)
    return [
        ParentChunk(
            section,
            start,
            end,
            text[start:end],
            tuple(Chunk(section, a, b, text[a:b]) for a, b in _cut(text, start, end, child_size, borders)),
        )
        for start, end in _cut(text, 0, len(text), parent_size, borders)
    ]


def sentence_borders(text: str) -> list[int]:
    """Offsets at which a sentence (or, in text without marks, a clause or line) begins; ascending, without 0.

    White space belongs to the sentence before it.
    """
    borders = [match.end() for match in _CANDIDATE.finditer(text) if _ends_sentence(text, match)]
    if len(text) > _SENTENCE_AT_MOST * (len(borders) + 1):
        lowered = text.replace("\u0130", "i").lower()  # the one letter that becomes two
        borders = sorted({*borders, *(match.end() for match in _CLAUSE.finditer(lowered))})
    if borders and borders[-1] == len(text):
        borders.pop()
    return borders[1:] if borders and borders[0] == 0 else borders


def split_sentences(text: str) -> list[str]:
    """The sentences of a text; joined they give the text again."""
    edges = [0, *sentence_borders(text), len(text)]
    return [text[a:b] for a, b in pairwise(edges) if b > a]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark, end = text[match.start()], match.end()
    if mark in "!?;\n" or end == len(text):
        return True
    if not _OPENS_SENTENCE.match(text, end):
        return False
    return not _is_abbreviation(text, match.start())


def _is_abbreviation(text: str, dot: int) -> bool:
    """Whether the full stop at `dot` belongs to the word before it: "No.", "S.H.", "A.", "1." of a list."""
    word = _word_before(text, dot)
    return _begins_item(text, dot - len(word)) if word.isdigit() else _is_short_form(word)


def _is_short_form(word: str) -> bool:
    last = word.rpartition(".")[2]
    if len(last) == 1 or "." in word:
        return 0 < len(last) <= 4 and not last.isdigit()  # noqa: PLR2004  initials, degrees: "S.H", "M.Hum", "a.n", "B"
    return last.lower() in _ABBREVIATIONS


def _begins_item(text: str, position: int) -> bool:
    """Whether a number at `position` opens a line or follows the end of a sentence: the "2." of a list."""
    while position > 0 and text[position - 1] in " \t":
        position -= 1
    if position == 0 or text[position - 1] in "\n:;":
        return True
    return text[position - 1] == "." and not _is_short_form(_word_before(text, position - 1))


def _word_before(text: str, dot: int) -> str:
    found = _WORD_BEFORE.search(text, max(0, dot - 24), dot)
    return found[0] if found else ""


def _cut(text: str, start: int, stop: int, size: int, borders: list[int]) -> Iterator[tuple[int, int]]:
    """Cut `text[start:stop]` into spans of at most `size`, at the last border that leaves no tiny piece."""
    while stop - start > size:
        latest = min(start + size, stop - size // 4)
        earliest = start + size // 2 if latest > start + size // 2 else start
        index = bisect_right(borders, latest)
        end = borders[index - 1] if index else 0
        if end <= earliest:
            end = _last_blank(text, earliest, latest)
        yield start, end
        start = end
    yield start, stop


def _last_blank(text: str, earliest: int, latest: int) -> int:
    """Where to cut a sentence that is too long: after the last line break, else comma, else blank of the span.

    `latest` where one word fills the span.
    """
    for mark in ("\n", ", "):
        if (found := text.rfind(mark, earliest, latest)) >= 0:
            return found + len(mark)
    for position in range(latest, earliest, -1):
        if text[position - 1].isspace():
            return position
    return latest
