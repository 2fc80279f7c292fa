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
from dataclasses import dataclass, field, replace

from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.citations import ArticleQuery, parse_article_query

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
    r"\b(?:putusan|nomor|no|perkara|mahkamah|agung|ma|ri|decision|case|number|nr)\b|[^\w/.\-]+", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, taken apart.

    Attributes:
        text: the words to rank by, phrases included.
        phrases: word sequences that must occur, lower-case, single spaces.
        excluded: word sequences that must not occur, likewise.
        fields: field filters, `courtsight.search.filters.Filters` names to values.
        case_number: the decision asked for, in normal form, when the query is nothing else.
        articles: the articles asked for, when the query is nothing else.
    """

    text: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    case_number: str | None = None
    articles: tuple[ArticleQuery, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether it asks for a decision or an article by name."""
        return self.case_number is not None or bool(self.articles)


def parse_query(query: str) -> ParsedQuery:
    """Take a query apart. Never fails: what is no operator is a word."""
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    fields: dict[str, str] = {}
    for match in _TOKEN.finditer(query.translate(QUOTES)):
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        plain = plain_words(value)
        name = FIELDS.get((match["field"] or "").lower())
        if name and value.strip():
            fields[name] = value.strip()
        elif match["field"]:
            words.append(match.group())
        elif match["exclude"]:
            if plain:
                excluded.append(plain)
        elif match["phrase"] is not None and plain:
            phrases.append(plain)
        elif value:
            words.append(value)
    parsed = ParsedQuery(" ".join(words), tuple(phrases), tuple(excluded), fields)
    return _recognise(parsed)


def plain_words(text: str) -> str:
    """The words of a text as phrases are compared: lower-case, without punctuation, single spaces."""
    return " ".join(_WORD.findall(text.lower()))


def _recognise(parsed: ParsedQuery) -> ParsedQuery:
    ranked = " ".join([parsed.text, *parsed.phrases]).strip()
    if not parsed.excluded and (number := whole_case_number(ranked)):
        return replace(parsed, text=ranked, case_number=number, phrases=())
    if not parsed.phrases and not parsed.excluded and (articles := parse_article_query(parsed.text)):
        return replace(parsed, articles=articles)
    return replace(parsed, text=ranked)


def whole_case_number(text: str) -> str | None:
    """The decision number that a text consists of, in normal form; None if it says more."""
    number = normalise_case_number(text)
    if number is None:
        return None
    rest = _letters_and_digits(_NUMBER_WORDS.sub(" ", text))
    return number if rest <= _letters_and_digits(number) else None


def _letters_and_digits(text: str) -> set[str]:
    return set(_WORD.findall(text.lower().replace(".", " ").replace("/", " ").replace("-", " ")))
