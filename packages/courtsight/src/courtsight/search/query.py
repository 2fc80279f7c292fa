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

from courtsight.decisions.typed import parse_article_query
from courtsight.search.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courtsight.decisions.citations import ArticleQuery

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
# `court: kudus` is a field too; "nomor: 45/Pid.B/2014/PN Kds" is the number as it is printed.
_BLANK_AFTER = re.compile(
    rf"(?<!\w)({'|'.join(name for name in FIELDS if FIELDS[name] != 'case_number')}):\s+(?=[\w\"])",
    re.IGNORECASE,
)
_EXCLUDES = re.compile(r"(?<!\S)-(?=\S)")
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
        named_number: the decision that the query names among other words.
        court_of_number: the key of the court that stands beside the number; empty if none does.
        articles: the articles asked for, when the query is nothing else.
    """

    text: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    excluded_fields: tuple[tuple[str, str], ...] = ()
    case_number: str | None = None
    named_number: str | None = None
    court_of_number: str = ""
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
    query = query.translate(QUOTES)
    if not _EXCLUDES.search(query) and (number := number_in(query)) and number.alone:
        return _recognise(ParsedQuery(text=query.replace('"', " ").strip()))
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    fields: list[tuple[str, str]] = []
    excluded_fields: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(_BLANK_AFTER.sub(r"\1:", query)):
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
    number = number_in(ranked)
    if number is not None and number.alone and not parsed.excluded:
        return replace(parsed, text=ranked, case_number=number.number, court_of_number=number.court)
    if number is not None:
        parsed = replace(parsed, named_number=number.number, court_of_number=number.court)
    if not parsed.phrases and not parsed.excluded and (articles := parse_article_query(parsed.text)):
        return replace(parsed, articles=articles)
    return replace(parsed, text=ranked)


def whole_case_number(text: str) -> str | None:
    """The decision number that a text consists of, in normal form; None if it says more."""
    found = number_in(text)
    return found.number if found is not None and found.alone else None


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
