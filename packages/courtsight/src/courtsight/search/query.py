"""What a query means: a decision number, an article, quoted phrases, exclusions, field filters, or plain language.

pencurian dengan pemberatan          plain language
123 K/Pid.Sus/2019                   that decision
pasal 363 ayat (1) ke-4 KUHP         decisions that apply the article
"dengan maksud untuk memiliki"       these words, in this order
narkotika -rehabilitasi              without a word
court:"PN Randu Biru" judge:wira     fields: court, judge, article, level, type, area, outcome, year, party
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from courtsight.decisions.case_numbers import find_case_numbers
from courtsight.decisions.citations import ArticleQuery, lower
from courtsight.decisions.typed import parse_article_query

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

FIELDS = {
    "court": "court",
    "pengadilan": "court",
    "judge": "judge",
    "hakim": "judge",
    "article": "article",
    "pasal": "article",
    "level": "level",
    "tingkat": "level",
    "type": "case_type",
    "jenis": "case_type",
    "area": "legal_area",
    "bidang": "legal_area",
    "jurisdiction": "jurisdiction",
    "outcome": "outcome",
    "amar": "outcome",
    "year": "year",
    "tahun": "year",
    "party": "party",
    "pihak": "party",
    "number": "case_number",
    "nomor": "case_number",
}
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_TOKEN = re.compile(
    r'(?P<exclude>(?<!\S)-)?(?:(?<!\w)(?P<field>[A-Za-z]{2,12}):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_NUMBER_WORDS = re.compile(
    r"\b(?:putusan|nomor|no|perkara|mahkamah|agung|ma|ri|decision|case|number|nr)\b", re.IGNORECASE
)
_LONGEST_NUMBER = 200
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, taken apart.

    Attributes:
        text: the words to rank by, phrases included.
        phrases: word sequences that must occur, lower-case, single spaces.
        excluded: word sequences that must not occur, likewise.
        fields: field filters, pairs of a name of `courtsight.decisions.schemas.Filters` and a value.
        excluded_fields: likewise, of what must not hold: `-court:"PN Randu Biru"`.
        case_number: the decision asked for, in normal form, when the query is nothing else (its quotes do not count).
        articles: the articles asked for, when the query is nothing else.
    """

    text: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    excluded_fields: tuple[tuple[str, str], ...] = ()
    case_number: str | None = None
    articles: tuple[ArticleQuery, ...] = ()

    @property
    def operators(self) -> int:
        """How many conditions the query makes, whatever their kind."""
        return sum(map(len, (self.phrases, self.excluded, self.fields, self.excluded_fields, self.articles)))

    @property
    def says_nothing(self) -> bool:
        """Whether there is no word to rank by."""
        return _WORD.search(self.text) is None


def parse_query(query: str) -> ParsedQuery:
    """Take a query apart. Never fails: what is no operator is a word."""
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    fields: list[tuple[str, str]] = []
    excluded_fields: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(query.translate(QUOTES)):
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        name = FIELDS.get((match["field"] or "").lower())
        if name and value.strip():
            (excluded_fields if match["exclude"] else fields).append((name, value.strip()))
        elif match["exclude"]:
            excluded.append(plain_words(f"{match['field'] or ''} {value}"))
        elif match["field"]:
            words.append(match.group())
        elif match["phrase"] is not None:
            phrases.append(plain_words(value))
        else:
            words.append(value)
    return _recognise(
        ParsedQuery(
            text=" ".join(words),
            phrases=_distinct(phrases),
            excluded=_distinct(excluded),
            fields=_distinct(fields),
            excluded_fields=_distinct(excluded_fields),
        )
    )


def plain_words(text: str) -> str:
    """The words of a text as phrases are compared: lower-case, without punctuation, single spaces."""
    return " ".join(_WORD.findall(text.lower()))


def _recognise(parsed: ParsedQuery) -> ParsedQuery:
    ranked = " ".join([parsed.text, *parsed.phrases]).strip()
    if not parsed.excluded and (number := whole_case_number(ranked)):
        return replace(parsed, text=ranked, case_number=number)
    if not parsed.phrases and not parsed.excluded and (articles := parse_article_query(parsed.text)):
        return replace(parsed, articles=articles)
    return replace(parsed, text=ranked)


def whole_case_number(text: str) -> str | None:
    """The decision number that a text consists of, in normal form; None if it says more."""
    text = " ".join(text.split())
    if len(text) > _LONGEST_NUMBER:
        return None
    found = find_case_numbers(text, lower(text))
    if len(found) != 1:
        return None
    number, start, end = found[0]
    rest = _NUMBER_WORDS.sub(" ", f"{text[:start]} {text[end:]}")
    return None if _WORD.search(rest) else number


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
