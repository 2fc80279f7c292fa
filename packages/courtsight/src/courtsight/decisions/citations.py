"""Citations in Indonesian court decisions: articles of law, laws, and decisions of other courts.

Four verbs, after eyecite (Cushman, Dahl, Lissner; Free Law Project): `clean` a text, `find` what it cites,
`resolve` the short forms, `annotate` the text. Both the printed form ("Pasal 363 ayat (1) ke-4 KUHP",
"Nomor 12/Pid.B/2014/PN Kds") and text without case and punctuation ("pasal 363 ayat 1 ke 4 kuhp") are read.

Normal forms: `KUHP:363(1)ke-4`, `UU 35/2009:127(1)a`, `UU 35/2009`, `12/Pid.B/2014/PN Kds`. An article whose
law the text never names has no prefix: `363(1)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape

from courtsight.decisions.articles import Article, Chain, article_ancestors, parse_chain, parse_twin
from courtsight.decisions.case_numbers import find_case_numbers, normalise_case_number
from courtsight.decisions.cleaning import clean
from courtsight.decisions.statutes import LAW_HINTS, Law, find_laws, match_law

__all__ = [
    "ArticleQuery",
    "Citation",
    "Kind",
    "ancestors",
    "annotate",
    "clean",
    "find",
    "normalise_case_number",
    "resolve",
]


class Kind(StrEnum):
    """What a citation points to."""

    ARTICLE = "article"
    STATUTE = "statute"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation at `text[start:end]` (characters), with its normal form.

    `law` is the law's short name, empty for decisions and for articles whose law is unknown; `inferred` says
    that the text names the law elsewhere (`resolve`).
    """

    kind: Kind
    normalised: str
    start: int
    end: int
    law: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """An article that a user asks for, or a law as a whole.

    `law` is empty if the query names none, `article` if it names only a law. Any of the `alternatives` does as well.
    """

    article: str
    law: str = ""
    alternatives: tuple[ArticleQuery, ...] = ()

    @property
    def normalised(self) -> str:
        """The normal form to look up: `KUHP:363(1)`, `363(1)`, `UU 35/2009`, `KUHP:362 / KUHP:363`."""
        own = f"{self.law}:{self.article}" if self.law and self.article else self.article or self.law
        return " / ".join([own, *(other.normalised for other in self.alternatives)])

    def matches(self, normalised: str) -> bool:
        """Whether a cited article is one of those asked for or a part of one."""
        if any(other.matches(normalised) for other in self.alternatives):
            return True
        law, _, article = normalised.rpartition(":")
        if self.law and not self.article:
            return self.law in {law, article}
        return self.article in article_ancestors(article) and self.law in {"", law}


# Without groups, so that each alternative begins with a letter that the search can skip to.
_ANCHOR = re.compile(rf"pasal|psl\b|ps\.|{LAW_HINTS}")
_HALF_CHAIN = 200


def find(text: str) -> list[Citation]:
    """All citations in reading order; their spans are valid in `text` and never overlap.

    Articles that a range only implies ("pasal 183 s/d 186") all stand at the words of the range.

    Short forms are resolved within the text (`resolve`). Time is linear in the length of the text.
    """
    lowered = lower(text)
    decisions = find_case_numbers(text, lowered)
    found = [Citation(Kind.DECISION, number, start, end) for number, start, end in decisions]
    found.extend(_articles_and_laws(lowered))
    found.sort(key=lambda citation: (citation.start, -citation.end))
    return resolve(_without_overlaps(found))


def resolve(citations: list[Citation]) -> list[Citation]:
    """Give articles without a law the law under which the same text cites the same article.

    The latest earlier citation of that article counts, else the first later one, else the law of the
    citation within the 200 characters before; otherwise the article stays without a law.
    """
    latest: dict[str, str] = {}
    first: dict[str, str] = {}
    for citation in citations:
        if citation.kind is Kind.ARTICLE and citation.law:
            first.setdefault(_number(citation), citation.law)
    resolved: list[Citation] = []
    previous: Citation | None = None
    for citation in citations:
        current = citation
        if citation.kind is Kind.ARTICLE:
            if not citation.law:
                law = latest.get(_number(citation)) or first.get(_number(citation)) or ""
                if not law and previous is not None and citation.start - previous.end < _HALF_CHAIN:
                    law = previous.law
                if law:
                    normalised = f"{law}:{citation.normalised}"
                    current = replace(citation, normalised=normalised, law=law, inferred=True)
            else:
                latest[_number(citation)] = citation.law
        if current.law:
            previous = current
        resolved.append(current)
    return resolved


def ancestors(normalised: str) -> list[str]:
    """A cited article and its coarser forms, finest first.

    `KUHP:363(1)ke-4` gives `["KUHP:363(1)ke-4", "KUHP:363(1)", "KUHP:363"]`; other citations give themselves.
    """
    law, colon, article = normalised.rpartition(":")
    if not colon and not normalised[:1].isdigit():
        return [normalised]
    if "/" in article:
        return [normalised]
    return [f"{law}{colon}{form}" for form in article_ancestors(article)]


def annotate(text: str, citations: list[Citation]) -> str:
    """The text as escaped HTML, each citation in `<a data-citation="KUHP:363(1)" data-kind="article">`."""
    parts: list[str] = []
    end = 0
    for citation in sorted(citations, key=lambda item: (item.start, -item.end)):
        if citation.start < end or citation.end > len(text) or citation.start >= citation.end:
            continue
        parts.append(escape(text[end : citation.start]))
        attributes = f'data-citation="{escape(citation.normalised)}" data-kind="{citation.kind}"'
        parts.append(f"<a {attributes}>{escape(text[citation.start : citation.end])}</a>")
        end = citation.end
    parts.append(escape(text[end:]))
    return "".join(parts)


def lower(text: str) -> str:
    """Lower case with every character in its place (`str.lower` lengthens a few, such as U+0130)."""
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    )


def _articles_and_laws(lowered: str) -> list[Citation]:
    found: list[Citation] = []
    candidates: list[int] = []
    end = 0
    for match in _ANCHOR.finditer(lowered):
        start = match.start()
        if start < end or (start and lowered[start - 1].isalnum()):
            continue
        if not match[0].startswith(("pa", "ps")):
            candidates.append(start)
            continue
        chain = parse_chain(lowered, start)
        in_front = _law_before(lowered, start, candidates) if chain and chain.law is None else None
        while chain is not None:
            end = chain.end
            found.extend(_cited(chain, in_front))
            chain = parse_twin(lowered, end) if chain.law is not None else None
    taken = {(citation.start, citation.end) for citation in found}
    laws = find_laws(lowered, candidates)
    found.extend(
        Citation(Kind.STATUTE, law.name, law.start, law.end, law.name)
        for law in laws
        if (law.start, law.end) not in taken
    )
    return found


def _cited(chain: Chain, in_front: Law | None) -> list[Citation]:
    law = chain.law.name if chain.law is not None else ""
    if chain.law is None and in_front is not None:
        law = in_front.name
    last = len(chain.articles) - 1
    return [
        _citation(article, law, chain.law.end if index == last and chain.law is not None else article.end)
        for index, article in enumerate(chain.articles)
        if article.number
    ]


def _citation(article: Article, law: str, end: int) -> Citation:
    normalised = f"{law}:{article.number}" if law else article.number
    return Citation(Kind.ARTICLE, normalised, article.start, end, law)


def _law_before(lowered: str, start: int, candidates: list[int]) -> Law | None:
    """The law that stands directly before the article ("KUHP pasal 363")."""
    for position in candidates[-3:]:
        if start - position > _HALF_CHAIN:
            continue
        law = match_law(lowered, position)
        if (
            law is not None
            and law.name
            and law.end <= start
            and not lowered[law.end : start].strip(" \t\n,:;()")
        ):
            return law
    return None


def _without_overlaps(citations: list[Citation]) -> list[Citation]:
    kept: list[Citation] = []
    start = end = 0
    for citation in citations:
        if citation.start >= end or (citation.start, citation.end) == (start, end):
            start, end = citation.start, citation.end
            kept.append(citation)
    return kept


def _number(citation: Citation) -> str:
    return article_ancestors(citation.normalised.rpartition(":")[2])[-1]
