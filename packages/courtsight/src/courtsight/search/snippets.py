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
_LONGEST_WORD = 60  # characters, of what a cut may leave out at an end of a snippet


def passage_snippet(span: Span, text: str, words: Sequence[str], phrases: Sequence[str]) -> Snippet:
    """A passage with the query's words marked; quoted phrases are marked whole."""
    wanted = set(words)
    marks = [match.span() for match in _WORD.finditer(text) if match[0].lower() in wanted]
    for phrase in phrases:
        pattern = r"[\W_]+".join(map(re.escape, phrase.split()))
        marks += [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    kept = text if len(text) <= LONGEST else text[: _end(text[: LONGEST + 1], 0)]
    return _snippet(span.section, span.start, kept, merged(marks, text))


def article_snippet(place: ArticlePlace, around: int) -> Snippet:
    """The words around a citation, with the citation marked.

    Args:
        place: the citation, with at most one character more than `around` on each side.
        around: most characters on each side.
    """
    begin, end = place.citation_start - place.start, place.citation_end - place.start
    first = _begin(place.text, begin) if place.start and begin > around else 0
    last = _end(place.text, end) if len(place.text) - end > around else len(place.text)
    return _snippet(
        place.section, place.start + first, place.text[first:last], [(begin - first, end - first)]
    )


def opening_snippet(section: str, text: str, longest: int) -> Snippet:
    """The first words of a section, at most `longest` characters of a text that may have one more; nothing marked."""
    return _snippet(section, 0, text if len(text) <= longest else text[: _end(text, 0)], [])


def _begin(text: str, most: int) -> int:
    """Where the first whole word begins in a text whose first character may stand inside a word; at most `most`."""
    blank = next((place for place, letter in enumerate(text[:_LONGEST_WORD]) if letter.isspace()), None)
    return 1 if blank is None or blank >= most else blank + 1


def _end(text: str, least: int) -> int:
    """Where the last whole word ends in a text whose last character may stand inside a word; at least `least`."""
    last = len(text) - 1
    floor = max(least, last - _LONGEST_WORD)
    blank = next((place for place in range(last, floor - 1, -1) if text[place].isspace()), None)
    return last if blank is None else blank


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


def merged(marks: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Overlapping marks become one, and so do neighbours with only a space between."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(marks):
        if found and (begin <= found[-1][1] or text[found[-1][1] : begin] == " "):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
