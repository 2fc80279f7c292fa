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
from courtsight.decisions.citations import lower
from courtsight.decisions.typed import parse_article_query
from courtsight.lexicon.words import plain_words
from courtsight.search.numbers import number_in
from courtsight.search.parts import FIELD_KINDS, Part, Use, understood, without

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
# `court: kudus` is a field too; "nomor: 45/Pid.B/2014/PN Kds" is the number as it is printed.
_SPACED = "|".join(name for name in FIELDS if FIELDS[name] != "case_number")
_FIELD = rf"(?:{_SPACED}):[ \t]{{1,3}}(?=[^\s\"-])|[A-Za-z]{{2,12}}:"
_TOKEN = re.compile(
    rf'(?P<exclude>(?<!\S)-)?(?:(?<!\w)(?P<field>(?i:{_FIELD})))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
# "Pasal: 55 ayat (1)" is an article as forms print it, not the field that `pasal:55` is.
_PRINTED_ARTICLE = re.compile(r"(?<![\w-])((?:pasal|article)):(?=[ \t]{1,3}\d)", re.IGNORECASE)
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
        parts: its operators, with the places where they stand.
        understood: the articles, laws, outcomes and years among its words.
        rest: the words to rank by when those that are understood are filters; phrases included.
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
    parts: tuple[Part, ...] = ()
    understood: tuple[Part, ...] = ()
    rest: str = ""

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
    typed, query = query, _PRINTED_ARTICLE.sub(r"\1 ", query.translate(QUOTES))
    if not _EXCLUDES.search(query) and (number := number_in(query)) and number.alone:
        return _recognise(ParsedQuery(text=query.replace('"', " ").strip()), query)
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    fields: list[tuple[str, str]] = []
    excluded_fields: list[tuple[str, str]] = []
    parts: list[Part] = []
    plain = [*query]
    for match in _TOKEN.finditer(query):
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        name = FIELDS.get((match["field"] or "").rstrip(": \t").lower())
        operator = ("field", value.strip(), Use.FILTER)
        if name and value.strip():
            (excluded_fields if match["exclude"] else fields).append((name, value.strip()))
            operator = (FIELD_KINDS.get(name, "field"), value.strip(), Use.FILTER)
        elif match["exclude"]:
            excluded.append(plain_words(f"{(match['field'] or '').rstrip(': ')} {value}"))
            operator = ("words", excluded[-1], Use.EXCLUDED)
        elif match["field"]:
            words.append(match.group())
            continue
        elif match["phrase"] is not None:
            phrases.append(plain_words(value))
            operator = ("phrase", phrases[-1], Use.REQUIRED)
        else:
            words.append(value)
            continue
        start, end = match.span()
        kind, meant, use = operator
        parts.append(
            Part(kind, typed[start:end], meant, start, end, Use.EXCLUDED if match["exclude"] else use)
        )
        plain[start:end] = " " * (end - start)
    parsed = ParsedQuery(
        text=" ".join(words),
        phrases=_distinct(phrases),
        excluded=_distinct(excluded),
        fields=_distinct(fields),
        excluded_fields=_distinct(excluded_fields),
        parts=tuple(parts),
    )
    return _recognise(parsed, "".join(plain))


def _recognise(parsed: ParsedQuery, plain: str) -> ParsedQuery:
    ranked = " ".join([parsed.text, *parsed.phrases]).strip()
    number = number_in(ranked)
    if number is not None and number.alone and not parsed.excluded:
        return replace(parsed, text=ranked, case_number=number.number, court_of_number=number.court)
    if number is not None:
        parsed = replace(parsed, named_number=number.number, court_of_number=number.court)
    if not parsed.phrases and not parsed.excluded and (articles := parse_article_query(parsed.text)):
        return replace(parsed, articles=articles)
    found = understood(plain, [(start, end) for _, start, end in find_case_numbers(plain, lower(plain))])
    rest = " ".join([without(plain, found), *parsed.phrases]).strip()
    return replace(parsed, text=ranked, understood=tuple(found), rest=rest)


def whole_case_number(text: str) -> str | None:
    """The decision number that a text consists of, in normal form; None if it says more."""
    found = number_in(text)
    return found.number if found is not None and found.alone else None


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
