"""Articles and laws as people type them: "ps 362 kuhp", "Pasal 363 ayat satu ke-IV KUHP", "UU 35/09", "article 378".

What is typed is rewritten into the form that courts print, with a map back to the characters that were typed, and
read by the parser of citations. Conjunctions count: "atau", "dan/atau", "or" ask for either article; "jo", "dan" and a
comma for all of them. The titles of laws ("tentang Narkotika") belong to the law.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from courtsight.decisions.articles import Chain, parse_chain
from courtsight.decisions.citations import ArticleQuery, lower
from courtsight.decisions.statutes import LAW_HINTS, POPULAR_NAMES, Law, match_law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Reference", "find_references", "parse_article_query"]

LONGEST = 300  # characters of a query that are read


@dataclass(frozen=True, slots=True)
class Reference:
    """Articles or a law named at `text[start:end]`; all of `articles` are asked for."""

    articles: tuple[ArticleQuery, ...]
    start: int
    end: int


_ONES = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_DIGITS = {word: value for value, word in enumerate(_ONES, 1)} | {
    "kesatu": 1, "pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4, "kelima": 5, "keenam": 6, "ketujuh": 7,
    "seratus": 100, "belas": -10, "puluh": -20, "ratus": -100,
}  # fmt: skip
_NUMBER_WORD = "(?:" + "|".join(sorted(_DIGITS, key=len, reverse=True)) + ")"
_IN_WORDS = rf"{_NUMBER_WORD}(?:\s{_NUMBER_WORD}){{0,5}}"
_ROMAN = {"i": 1, "v": 5, "x": 10}
_GLUE = r"[\s.:\-(\[]{0,3}"
_CONSOLE = r"(?!\s?[2-5]\b(?!\s(?:ayat|uu|kuh|jo)))"  # a "ps 5" is more often stolen than cited
_ARTICLE = rf"(?:pas+[ae]l(?:nya)?|pasl|pasa|fasal|psl|ps{_CONSOLE}|articles?|art|sections?|sec)"
_PARTS = {
    "ayat": "ayat", "ayt": "ayat", "ay": "ayat", "paragraph": "ayat", "para": "ayat", "verse": "ayat", "ke": "ke",
    "item": "ke", "butir": "ke", "angka": "angka", "huruf": "huruf", "hrf": "huruf", "letter": "huruf",
}  # fmt: skip
_PART_NAME = "|".join(sorted(_PARTS, key=len, reverse=True))
_CODE = r"(?:kuhp|kuhap|kuhperdata|kuhd|khi|hir|rbg|bw)"
_NOT_AN_ARTICLE = r"(?:1945|1946|1981|2023|2025)"
_ENGLISH = {
    r"new\s(?:criminal|penal)\scode": "kuhp nasional",
    r"new\s(?:criminal\sprocedure\scode|code\sof\scriminal\sprocedure)": "kuhap baru",
    r"(?:criminal\sprocedure\scode|code\sof\scriminal\sprocedure)": "kuhap",
    r"(?:indonesian\s)?(?:criminal|penal)\scode": "kuhp",
    r"civil\scode": "kuhperdata",
    r"commercial\scode": "kuhd",
    r"in\sconjunction\swith|read\swith|in\sconnection\swith": "jo",
    r"and\s?/\s?or|dan\s?/\s?atau": "atau",
    r"or": "atau",
    r"and": "dan",
}
# What a typed query says in other words than courts print. Tried in this order at every place; each consumes what it
# has read, so that no rule sees the number of another.
_RULES = re.compile(
    rf"(?P<article>(?<![a-z0-9]){_ARTICLE}{_GLUE}(?:nomor\s|no\.?\s?)?(?P<article_number>\d{{1,4}}|{_IN_WORDS}(?![a-z])))"
    r"|(?P<act>\b(?:law|act|statute)\s(?:no\.?\s?|number\s|nr\.?\s?)?(?P<act_number>\d{1,3})(?:\s?/\s?|\sof\s|\syear\s)"
    r"(?P<act_year>\d{4}))"
    rf"|(?P<part>(?<![a-z])(?:(?:butir|angka)\s(?=ke\b))?(?P<part_name>{_PART_NAME})(?P<part_gap>[\s.\-(]{{0,3}})"
    rf"(?P<part_value>\d{{1,2}}(?!\d)|(?:[ivx]{{1,5}}|{_IN_WORDS})(?![a-z])))"
    r"|(?P<law_number>(?<![a-z])(?P<law_name>uu|perma|sema|pp|perpres|perppu|keppres)(?=\d))"
    r"|(?P<doubled>(?<![a-z])uu\s(?=kuh))"
    rf"|(?P<behind>(?<![a-z]){_CODE}[\s:,\-]{{0,2}}(?=(?!{_NOT_AN_ARTICLE})\d{{2,4}}(?![\d/])))"
    rf"|(?P<bare>(?<![\w/.\-])(?<!pasal\s)(?<!tahun\s)(?<!nomor\s)(?<!no\s)(?<!no\.\s)\d{{2,4}}(?=\s?(?:kuh|\(\d\)|ayat|jo\s\d|ke[\s\-]\d|(?:,\s?\d{{2,3}}\s?)*(?:atau|or|dan)\s\d{{2,3}}\s?kuh)))"
    r"|(?P<either>(?<=\d{3})\s?/\s?(?=\d{3}(?![\d/])))"
    rf"|(?P<join>\s?[&+]\s?(?=(?:{_ARTICLE}\W{{0,2}})?\d))"
    r"|(?P<of>\bof\s(?:the\s)?(?=(?:indonesian|new|criminal|penal|civil|commercial|law|act|code)\s))"
    rf"|(?P<english>\b(?P<english_words>{'|'.join(_ENGLISH)})\b)"
    r"|(?P<split>(?<=\d)(?=(?:kuh|ayat|jo\b|huruf)))"
    r"|(?P<range>(?<=\d{3})\s?-\s?(?=\d{3}(?![\d/])))"
)
_ANCHOR = re.compile(rf"(?P<pasal>pasal\s(?=\d))|(?P<law>{LAW_HINTS})")
_EITHER = re.compile(r"\b(?:atau|or)\b")
_RANGE = re.compile(r"\bs/d\b|\bsd\b|\bs\.d|\bsampai\b|\bhingga\b")
_ONLY_COMMA = re.compile(r"[\s,]*(?:pasal\s*)?\Z")
_TITLE = re.compile(r"[\s,()]{0,3}(?:tentang|about|on)\s{1,2}")
_NAMED = re.compile(
    r"(?:" + "|".join(re.escape(name) for name in sorted(POPULAR_NAMES, key=len, reverse=True)) + r")\b"
)
_ENDS = re.compile(r"[,;?!]|\Z")
_OLD = re.compile(r"[\s(]{1,3}(?:lama|wvs)\b\)?")
# Words around a reference that ask for nothing beyond it.
FILLERS = frozenset(
    """putusan perkara kasus tindak pidana pelanggaran melanggar dakwaan didakwa terdakwa cari carikan contoh mengenai
    tentang soal terkait berdasarkan menurut ketentuan kena dijerat jerat dengan yang pada dalam di dari isi bunyi
    penerapan menerapkan diterapkan unsur delik sesuai atas decision decisions case cases judgment judgments ruling
    rulings on about under applying applied violating violation of the with for in citing hukuman ancaman dikenakan
    apa apakah itu arti artinya maksud maksudnya isinya bunyinya adalah what is meant
    lama wvs ri pasal psl jo juncto dan serta subsider subsidair primer primair lebih lagi atau or""".split()  # noqa: SIM905 - a column of eighty
)
_CANONICAL = re.compile(
    r"(?P<law>[A-Z][A-Za-z]{1,9}(?: \d{1,3}/\d{4}| 1945)?):"
    r"(?P<article>\d{1,4}(?:bis|ter|quater)?(?:\(\w{1,3}\)|ke-\d{1,2}|[a-z])*)"
)
_WORD = re.compile(r"[^\W_]+")


def parse_article_query(query: str) -> tuple[ArticleQuery, ...]:
    """The articles or the law that a query consists of; empty if the query is anything else or more.

    Understands "pasal 363 ayat 1 ke 4 kuhp", "363 ayat (1) ke-4 KUHP", "UU 35/2009 pasal 112", "UU 35/2009",
    "KUHP:363(1)ke-4", "Pasal 362 atau Pasal 363 KUHP" and chains.
    """
    canonical = _CANONICAL.fullmatch(query.strip())
    if canonical is not None:
        return (ArticleQuery(canonical["article"], canonical["law"]),)
    references = find_references(query)
    if not references:
        return ()
    rest = [*query]
    for reference in references:
        rest[reference.start : reference.end] = " " * (reference.end - reference.start)
    if len(query) > LONGEST or any(word not in FILLERS for word in _WORD.findall("".join(rest).lower())):
        return ()
    return joined(query, references)


def joined(text: str, references: list[Reference]) -> tuple[ArticleQuery, ...]:
    """All that several references ask for. An article without a law has that of the next, if little is between."""
    asked: list[ArticleQuery] = []
    following = ""
    for reference, after in zip(reversed(references), [None, *reversed(references)], strict=False):
        between = text[reference.end : after.start].lower() if after else ""
        close = after is not None and all(word in FILLERS for word in _WORD.findall(between))
        law = following if close else ""
        own = [replace(one, law=law) if law and not one.law else one for one in reference.articles]
        if asked and close and _EITHER.search(between):
            own[-1] = replace(own[-1], alternatives=(*own[-1].alternatives, asked[0], *asked[0].alternatives))
            asked = asked[1:]
        asked = [*own, *asked]
        following = asked[0].law
    return tuple(dict.fromkeys(asked))


def find_references(text: str) -> list[Reference]:
    """The articles and laws that a query names, in reading order; only the first 300 characters are read."""
    typed = _rewrite(text[:LONGEST])
    return [
        Reference(articles, typed.origin[start], typed.origin[end - 1] + 1)
        for articles, start, end in _references(typed.text)
        if end > start
    ]


@dataclass(frozen=True, slots=True)
class _Typed:
    """Rewritten text, and for each of its characters the place of the one that was typed."""

    text: str
    origin: list[int]


def _rewrite(text: str) -> _Typed:
    lowered = lower(text).translate(_PLAIN)
    pieces: list[str] = []
    origin: list[int] = []
    end = 0
    for match in _RULES.finditer(lowered):
        new = _REWRITES[match.lastgroup or ""](match)
        pieces += [lowered[end : match.start()], new]
        origin += range(end, match.start())
        last = max(match.start(), match.end() - 1)
        origin += [min(match.start() + place, last) for place in range(len(new))]
        if new:
            origin[-1] = last
        end = match.end()
    pieces.append(lowered[end:])
    origin += range(end, len(lowered))
    return _Typed("".join(pieces), origin)


_WIDE = {0xFF01 + place: chr(0x21 + place) for place in range(94)}  # full-width forms of ASCII
_PLAIN = (
    str.maketrans(
        {"\u2013": "-", "\u2014": "-", "\u00a0": " ", "\t": " ", "\n": " ", "\u2019": "'", '"': " "}
    )
    | _WIDE
)


def _part(match: re.Match[str]) -> str:
    name, value = _PARTS[match["part_name"]], match["part_value"]
    if value.isdigit():
        number = int(value)
    elif set(value) <= set(_ROMAN):
        if name == "huruf":
            return match.group()
        number = _roman(value)
    elif not match["part_gap"] and name == "ke":
        return match.group()  # "kesatu" is a word of its own
    else:
        number = _in_words(value)
    opened = "(" if "(" in match["part_gap"] else ""
    return f"{name} {opened}{number}" if number else match.group()


def _number(match: re.Match[str]) -> str:
    typed = match["article_number"]
    number = int(typed) if typed.isdigit() else _in_words(typed)
    return f"pasal {number}" if number else match.group()


_REWRITES: dict[str, Callable[[re.Match[str]], str]] = {
    "article": _number,
    "act": lambda match: f"uu no {match['act_number']} tahun {match['act_year']}",
    "part": _part,
    "law_number": lambda match: f"{match['law_name']} ",
    "doubled": lambda _: "",
    "behind": lambda match: f"{match['behind'].rstrip(' :,-')} pasal ",
    "bare": lambda match: f"pasal {match['bare']}",
    "either": lambda _: " atau pasal ",
    "join": lambda match: " jo " if "+" in match["join"] else " dan ",
    "of": lambda _: "",
    "english": lambda match: _english(match["english"]),
    "split": lambda _: " ",
    "range": lambda _: " s/d ",
}


def _english(words: str) -> str:
    return next(new for pattern, new in _ENGLISH.items() if re.fullmatch(pattern, words))


def _in_words(text: str) -> int:
    """A number in Indonesian words: "tiga ratus enam puluh dua", or digit by digit, "tiga enam dua"; 0 if neither."""
    total, last, digits = 0, 0, ""
    values = [_DIGITS[word] for word in text.split()]
    if all(0 < value < 10 for value in values):  # noqa: PLR2004 - digits
        digits = "".join(map(str, values))
        return int(digits)
    for value in values:
        if value == -10:  # noqa: PLR2004 - "belas"
            last += 10
        elif value < 0:
            last *= {-20: 10, -100: 100}[value]
        else:
            total, last = total + last, value
    return total + last


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(
        -value if place + 1 < len(values) and value < values[place + 1] else value
        for place, value in enumerate(values)
    )


def _references(typed: str) -> Iterator[tuple[tuple[ArticleQuery, ...], int, int]]:
    """Articles or laws with their spans in the rewritten text."""
    end = 0
    for match in _ANCHOR.finditer(typed):
        start = match.start()
        if start < end or (start and typed[start - 1].isalnum()):
            continue
        law = None
        position = start
        if match["law"]:
            law = match_law(typed, start)
            if law is None or not law.name:
                continue
            law = replace(law, end=_title_end(typed, law))
            end = position = law.end
            between = re.compile(r"[\s,.:;()\-]{0,4}").match(typed, position)
            position = between.end() if between else position
        chain = parse_chain(typed, position) if typed.startswith("pasal ", position) else None
        if chain is None:
            if law is not None:
                yield (ArticleQuery("", law.name),), start, law.end
            continue
        own = _law_of(typed, chain)
        end = max(own.end if own else 0, chain.end, *(article.end for article in chain.articles))
        named = own or law
        articles = _asked(typed, chain, named.name if named else "")
        if articles:
            yield articles, start, end


def _law_of(typed: str, chain: Chain) -> Law | None:
    """The law behind a chain with its title; a popular name alone ("pasal 112 narkotika") is one too."""
    if chain.law is not None:
        return replace(chain.law, end=_title_end(typed, chain.law))
    name = _NAMED.match(typed, chain.end + 1) if typed[chain.end : chain.end + 1] == " " else None
    if name and not typed[name.end() :].strip(" .,"):
        return Law(f"UU {POPULAR_NAMES[name.group()]}", name.start(), name.end())
    return None


def _title_end(typed: str, law: Law) -> int:
    """Where a law ends together with its title, "tentang Narkotika", and with what tells an old code from a new one."""
    old = _OLD.match(typed, law.end)
    if old is not None and law.name == "KUHP":
        return old.end()
    title = _TITLE.match(typed, law.end)
    if title is None:
        return law.end
    named = _NAMED.match(typed, title.end())
    if named:
        return named.end()
    stop = _ENDS.search(typed, title.end())
    return stop.start() if stop else len(typed)


def _asked(typed: str, chain: Chain, law: str) -> tuple[ArticleQuery, ...]:
    """The articles of a chain; those joined by "atau" become alternatives of the one before them."""
    articles = [article for article in chain.articles if article.number]
    joins = [typed[one.end : other.start] for one, other in pairwise(articles)]
    either = [
        _EITHER.search(join) is not None or _RANGE.search(typed, one.start, other.end) is not None
        for one, other, join in zip(articles, articles[1:], joins, strict=False)
    ]
    for place in range(
        len(joins) - 2, -1, -1
    ):  # "362, 363 atau 365": a comma means what the last conjunction means
        if _ONLY_COMMA.match(joins[place]):
            either[place] = either[place + 1]
    asked: list[ArticleQuery] = []
    for article, alternative in zip(articles, [False, *either], strict=True):
        query = ArticleQuery(article.number, law)
        if alternative:
            asked[-1] = replace(asked[-1], alternatives=(*asked[-1].alternatives, query))
        else:
            asked.append(query)
    return tuple(dict.fromkeys(asked))
