"""The parts of a query: what stands where, and what it was understood to be.

Operators say what they are. Inside plain words articles, laws, outcomes and years are recognised; they become filters
that the answer names, so that a client can show each and take it away again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from courtsight.decisions.filters import conditions, names_articles
from courtsight.decisions.schemas import Filters
from courtsight.decisions.typed import find_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement

    from courtsight.decisions.citations import ArticleQuery

LONGEST = (
    16  # words; what is longer was copied from a text: it names articles and years, and asks for none of them
)
FIELD_KINDS = {
    "court": "court",
    "article": "article",
    "outcome": "outcome",
    "year": "year",
    "case_number": "number",
}


class Use(StrEnum):
    """What a part of a query does."""

    LOOKUP = "lookup"
    FILTER = "filter"
    RANKED = "ranked"
    REQUIRED = "required"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query: characters `start` to `end`, what it is, and its value in normal form."""

    kind: str
    text: str
    value: str
    start: int
    end: int
    use: Use
    articles: tuple[ArticleQuery, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """What decisions must have for an understood part."""
        if self.articles:
            return [names_articles(self.articles)]
        return conditions(Filters.model_validate({self.kind: self.value}), place="body.query")


_OUTCOMES = {
    "bebas": re.compile(
        r"\b(?:(?:putusan|vonis|divonis|diputus|dinyatakan)\s(?:yang\s)?bebas(?:\smurni)?"
        r"|dibebaskan|vrijspraak|acquit(?:ted|tals?))\b"
    ),
    "lepas": re.compile(
        r"\b(?:(?:putusan|vonis|divonis|diputus|dinyatakan)\s(?:yang\s)?(?:lepas|onslag|ontslag)"
        r"|lepas(?=\sdari\ssegala)|ontslag|onslag)\b"
        r"(?:\sdari\ssegala\stuntutan(?:\shukum)?|\svan\s(?:alle\s)?rechtsvervolging)?"
    ),
}
_YEAR = re.compile(r"\b(?:tahun|thn|year)\s(?P<year>(?:19|20)\d\d)\b")


def understood(plain: str, taken: Sequence[tuple[int, int]] = ()) -> list[Part]:
    """The articles, laws, outcomes and years in the plain words of a query, none of them overlapping.

    Args:
        plain: the query with blanks where its operators stand.
        taken: spans that mean something else already, such as decision numbers.
    """
    if len(plain.split()) > LONGEST:
        return []
    found: list[Part] = []
    spans = list(taken)
    for part in _candidates(plain):
        if all(part.end <= start or end <= part.start for start, end in spans):
            found.append(part)
            spans.append((part.start, part.end))
    return sorted(found, key=lambda part: part.start)


def blanked(query: str, parts: Sequence[Part]) -> str:
    """The query with blanks where parts stand."""
    characters = list(query)
    for part in parts:
        characters[part.start : part.end] = " " * (part.end - part.start)
    return "".join(characters)


def without(plain: str, parts: Sequence[Part]) -> str:
    """The words that are left when parts are taken away, single spaces."""
    return " ".join(blanked(plain, parts).split())


def _candidates(plain: str) -> Iterator[Part]:
    for reference in find_references(plain):
        value = ", ".join(article.normalised for article in reference.articles)
        kind = "article" if any(article.article for article in reference.articles) else "law"
        span = _span(plain, reference.start, reference.end, value)
        yield Part(kind, *span, Use.FILTER, reference.articles)
    lowered = plain.lower()
    if len(lowered) != len(plain):
        return
    for value, pattern in _OUTCOMES.items():
        for match in pattern.finditer(lowered):
            yield Part("outcome", *_span(plain, match.start(), match.end(), value), Use.FILTER)
    for match in _YEAR.finditer(lowered):
        yield Part("year", *_span(plain, match.start(), match.end(), match["year"]), Use.FILTER)


def _span(plain: str, start: int, end: int, value: str) -> tuple[str, str, int, int]:
    return plain[start:end], value, start, end
