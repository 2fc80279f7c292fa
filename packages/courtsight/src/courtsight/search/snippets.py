"""What a hit shows: the best passage with the matches marked."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from courtsight.search.schemas import Snippet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtsight.search.repository import ArticlePlace
    from fondasi.ai.retrieval import Span

LONGEST = 600
_WORD = re.compile(r"[^\W_]+")


def passage_snippet(span: Span, text: str, words: Sequence[str], phrases: Sequence[str]) -> Snippet:
    """A passage with the query's words marked; quoted phrases are marked whole."""
    wanted = set(words)
    marks = [match.span() for match in _WORD.finditer(text) if match[0].lower() in wanted]
    for phrase in phrases:
        pattern = r"[\W_]+".join(map(re.escape, phrase.split()))
        marks += [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    return _snippet(span.section, span.start, text[:LONGEST], _merge(marks, text))


def article_snippet(place: ArticlePlace) -> Snippet:
    """The words around a citation, with the citation marked."""
    return _snippet(
        place.section,
        place.start,
        place.text,
        [(place.citation_start - place.start, place.citation_end - place.start)],
    )


def opening_snippet(section: str, text: str) -> Snippet:
    """The beginning of a section, nothing marked."""
    return _snippet(section, 0, text, [])


def _snippet(section: str, start: int, text: str, marks: list[tuple[int, int]]) -> Snippet:
    marks = [(begin, min(end, len(text))) for begin, end in marks if begin < len(text)]
    pieces, position = [], 0
    for begin, end in marks:
        pieces += [escape(text[position:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        position = end
    pieces.append(escape(text[position:]))
    return Snippet(
        section=section, start=start, end=start + len(text), text=text, highlights=marks, html="".join(pieces)
    )


def _merge(marks: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Overlapping marks become one, and so do neighbours with only a space between."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(marks):
        if merged and (begin <= merged[-1][1] or text[merged[-1][1] : begin] == " "):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
