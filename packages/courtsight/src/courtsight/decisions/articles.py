"""Articles of law in running text: "pasal 351 ayat 3 jo pasal 55 ayat 1 ke 1 kuhp".

A chain of articles ends with the law that all of its links belong to. The parser steps through a chain
with anchored, bounded patterns, so its time is linear in the length of the text.

Normal form of an article: number with `bis`/`ter`, a letter suffix, then in printed order ayat `(1)`,
number of an item `ke-4`, letter `a`: `363(1)ke-4`, `303bis(1)ke-2`, `127(1)a`, `12b`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from courtsight.decisions.statutes import Law, match_law

__all__ = ["Article", "Chain", "article_ancestors", "parse_chain", "parse_twin"]

MAX_RANGE = 25


@dataclass(slots=True)
class Article:
    """One article at `start:end`, without its law; `number` is empty where the text hides it (`_unk_`)."""

    number: str
    start: int
    end: int


@dataclass(slots=True)
class Chain:
    """Articles that share one law. `law` is None where the text names none after them."""

    articles: list[Article]
    law: Law | None
    end: int


_GAP = r"[\s.,;:()\"'\u201c\u201d\u2013\-/]{0,6}+"
_OR = r"(?:dan\s{0,2}/\s{0,2}atau|dan\satau|dan|atau|serta|maupun)"
_AND = rf"(?:{_OR}|dengan|jo\b\.?|jis\b\.?|jun(?:c|k)?t(?:o|a|is)\b)"
_TO = r"(?:s\.?\s?/?\s?d\b\.?|sampai\s(?:dengan\s)?|hingga\s)"
_LINK = rf"(?:{_GAP}(?:{_TO}|{_AND}))"
_LAW_WORD = r"(?:uu|undang|kuh|k\.u|kitab|hir\b|h\.\s?i\.|rbg\b|r\.\s?bg|bw\b|kompilasi|peraturan|per[mp])"
_IN_WORDS = r"(?:\s{1,2}\(?(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)\b\)?)?"
_FOLLOWS = (
    rf"(?={_GAP}(?:{_LAW_WORD}|ayat\b|huruf\b|ke(?![a-z])|jo\b|jis\b|juncto\b|pasal\b|dan\b|atau\b|angka\b))"
)

_NUMBER = (
    rf"(?P<number>\d{{1,4}}|_unk_)(?!\d)(?:\s?(?P<bis>bis|ter|quater)\b)?"
    rf"(?:(?P<letter>[a-z])(?![a-z])|\s(?P<spaced>[a-l])(?![a-z]){_FOLLOWS})?"
)
_PASAL = rf"(?:pasal|psl\b\.?|ps\.)(?:[\s\-]{{1,3}}pasal)?{_GAP}"
_SAME_SENTENCE = r"(?!\)?\.\s)"  # a full stop after an article ends its sentence, and the chain
_BETWEEN = rf"{_GAP}(?:(?P<to>{_TO})|{_AND})"
_HEAD = re.compile(_PASAL + _NUMBER)
_NEXT = re.compile(rf"(?:{_BETWEEN}|{_SAME_SENTENCE}){_GAP}(?P<pasal>{_PASAL}){_NUMBER}")
_NEXT_BARE = re.compile(rf"{_BETWEEN}{_GAP}(?P<pasal>){_NUMBER}{_FOLLOWS}")
# "pasal-pasal 2, 3 dan 4"
_NEXT_LISTED = re.compile(
    rf"(?P<to>(?!))?\s{{0,2}},\s{{0,2}}(?P<pasal>){_NUMBER}(?:{_FOLLOWS}|(?=\s?,\s?\d))"
)
_TWIN = re.compile(rf"\s{{0,2}}(?:/|{_AND}\s)\s{{0,2}}(?P<pasal>){_NUMBER}{_FOLLOWS}")
_PART = re.compile(
    rf"(?P<link>{_LINK})?+{_GAP}(?P<part>"
    rf"(?:ayat|ay\b\.?)(?:{_GAP}ke\b)?{_GAP}(?P<ayat>\d{{1,2}}(?!\d)|[il](?![a-z]))"
    rf"(?:(?P<suffix>[a-z])(?![a-z]))?\)?{_IN_WORDS}"
    rf"|(?:(?:huruf{_GAP})?ke(?![a-z])|angka\b|butir\b|sub\b|poin\b|point\b){_GAP}(?P<item>\d{{1,2}})(?!\d)(?:\s?e\b)?"
    rf"{_IN_WORDS}"
    rf"|(?:huruf|hurup|hrf\b\.?|sub\b|point?\b|butir\b){_GAP}(?P<letter>[a-z])(?![a-z])"
    r")"
)
_BARE_LETTER = re.compile(rf"\)?\s{{1,2}}(?P<letter>[a-h])(?![a-z]){_FOLLOWS}")
_PAREN_AYAT = re.compile(r"\s{0,2}\(\s{0,2}(?P<ayat>\d{1,2})(?P<suffix>[a-z])?\s{0,2}\)")
# "pasal 55 1 ke 1 kuhp": stripped text does not say what the bare number is; it is passed over, not guessed.
_BARE_NUMBER = re.compile(rf"\s\d{{1,2}}(?!\d){_FOLLOWS}")
# "ayat (1), (2) dan (3)"; where punctuation is stripped, "ayat 1 2 dan 3" if the law or a part follows.
_COMMA = rf"(?:(?:\s{{0,2}},)?{_GAP}(?:{_OR}|{_TO})\s|\s{{0,2}},)\s{{0,2}}"
_COMMA_OR_SPACE = rf"(?:{_COMMA}|\s{{1,2}})"
_VALUE = rf"(?P<value>\d{{1,2}})(?![\d/.]){_IN_WORDS}"
_LISTED = {
    "ayat": re.compile(rf"{_COMMA}\(\s?(?P<paren>\d{{1,2}})\s?\)|{_COMMA_OR_SPACE}{_VALUE}{_FOLLOWS}"),
    "item": re.compile(rf"{_COMMA_OR_SPACE}{_VALUE}(?:\s?e\b)?{_FOLLOWS}"),
    "letter": re.compile(
        rf"(?:{_COMMA}(?P<value>[a-z])(?![a-z])(?!\s(?:quo|de)\b)"
        rf"|\s{{1,2}}(?P<spaced>[a-l])(?![a-z]){_FOLLOWS})"
    ),
}
_BEFORE_LAW = re.compile(
    rf"{_SAME_SENTENCE}\)?{_GAP}(?:(?:dari|dalam|pada|menurut|tersebut|ketentuan|di|ke)\s{{1,2}}){{0,2}}(?:\(\s?)?"
)
_RANK = {"ayat": 1, "item": 2, "letter": 2}
_TOKENS = re.compile(r"\(\w{1,3}\)|ke-\d{1,2}|[a-z]")
_BASE = re.compile(r"\d+(?:bis|ter|quater)?")


def parse_chain(lowered: str, position: int) -> Chain | None:
    """The chain of articles whose first `pasal` stands at `position`, or None if no number follows."""
    match = _HEAD.match(lowered, position)
    if match is None:
        return None
    articles: list[Article] = []
    end = position
    while match is not None:
        follows = match.re is not _HEAD
        begin = match.start("pasal") if follows else position
        first = _first(match)
        if follows and match["to"]:
            _fill_range(articles, first, match.start("to"), match.end("to"))
        end = _parts(lowered, match.end(), Article(first, begin, match.end()), articles)
        match = (
            _NEXT.match(lowered, end) or _NEXT_BARE.match(lowered, end) or _NEXT_LISTED.match(lowered, end)
        )
    law = _law_after(lowered, end)
    return Chain(articles, law, law.end if law is not None else end)


def parse_twin(lowered: str, position: int) -> Chain | None:
    """The article of a second law right after a chain's law: `/283 RBg` in "Pasal 163 HIR/283 RBg"."""
    match = _TWIN.match(lowered, position)
    if match is None:
        return None
    articles: list[Article] = []
    begin = match.start("pasal")
    end = _parts(lowered, match.end(), Article(_first(match), begin, match.end()), articles)
    law = _law_after(lowered, end)
    return Chain(articles, law, law.end) if law is not None else None


def article_ancestors(article: str) -> list[str]:
    """The article and its coarser forms, finest first: `363(1)ke-4`, `363(1)`, `363`."""
    base = _BASE.match(article)
    if base is None:
        return [article]
    tokens = _TOKENS.findall(article, base.end())
    return [base.group() + "".join(tokens[:count]) for count in range(len(tokens), -1, -1)]


def _first(match: re.Match[str]) -> str:
    number = match["number"]
    if number == "_unk_":
        return ""
    return f"{int(number)}{match['bis'] or ''}{match['letter'] or match['spaced'] or ''}"


def _parts(lowered: str, position: int, article: Article, articles: list[Article]) -> int:
    """Read ayat, items and letters of one article, and their lists; append one `Article` for each leaf."""
    base = article.number
    path: list[tuple[str, str]] = []
    current = article
    articles.append(current)
    while True:
        step = _step(lowered, position, path)
        if step is None:
            unread = _BARE_NUMBER.match(lowered, position) if not path else None
            return _over_parts(lowered, unread.end()) if unread else position
        kind, value, begin, position, listed = step
        rank = _RANK[kind]
        suffix = (
            len(path) == 1 and path[0][0] == "letter" and kind == "ayat" and not listed
        )  # "14 huruf a ayat 1"
        same_level = bool(path) and not suffix and (kind == path[-1][0] or rank < _RANK[path[-1][0]])
        if path and (same_level or listed):
            path = [part for part in path if _RANK[part[0]] < rank and part[0] != kind]
            current = Article(base, begin, position)
            articles.append(current)
        path.append((kind, value))
        current.number = base + "".join(_render(part) for part in path) if base else ""
        current.end = position


def _step(lowered: str, position: int, path: list[tuple[str, str]]) -> tuple[str, str, int, int, bool] | None:
    """The next part: its kind, value, start, end, and whether a conjunction makes it another leaf."""
    if not path:
        match = _PAREN_AYAT.match(lowered, position)
        if match:
            value = match["ayat"] + (match["suffix"] or "")
            return "ayat", value, match.start() + 1, match.end(), False
    match = _PART.match(lowered, position)
    if match:
        kind = next(kind for kind in ("ayat", "item", "letter") if match[kind])
        value = match[kind] + (match["suffix"] or "" if kind == "ayat" else "")
        end = match.end()
        if lowered[end : end + 1] == ")":
            end += 1
        return kind, value, match.start("part"), end, match["link"] is not None
    if path and path[-1][0] == "ayat":
        match = _BARE_LETTER.match(lowered, position)
        if match:
            return "letter", match["letter"], match.start("letter"), match.end(), False
    if path:
        kind = path[-1][0]
        match = _LISTED[kind].match(lowered, position)
        if match:
            group = match.lastgroup or "value"
            begin = match.start(group) - (group == "paren")
            return kind, match[group], begin, match.end(), True
    return None


def _over_parts(lowered: str, position: int) -> int:
    """The end of the parts that follow a number that was not read."""
    while (match := _PART.match(lowered, position)) is not None:
        position = match.end()
    return position


def _render(part: tuple[str, str]) -> str:
    kind, value = part
    if kind == "letter":
        return value
    value = "1" if value in {"i", "l"} else value.lstrip("0") or value
    return f"({value})" if kind == "ayat" else f"ke-{value}"


def _fill_range(articles: list[Article], last: str, begin: int, end: int) -> None:
    """Add the articles between the last one read and `last` ("pasal 183 sampai dengan pasal 189")."""
    first = articles[-1].number
    if first.isdigit() and last.isdigit() and 1 < int(last) - int(first) <= MAX_RANGE:
        articles.extend(Article(str(number), begin, end) for number in range(int(first) + 1, int(last)))


def _law_after(lowered: str, position: int) -> Law | None:
    match = _BEFORE_LAW.match(lowered, position)
    return match_law(lowered, match.end(), after_article=True) if match else None
