"""Which articles a criminal decision applies, and which the prosecution charged.

A verdict names the articles that it applies in the clause before the operative part ("Mengingat, Pasal ...",
"Memperhatikan Pasal ..."; KUHAP article 197 (1) f), and some in the operative part itself. Where a decision
does neither, the considerations say under which article the proven charge falls.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from courtsight.decisions.citations import Citation, Kind, ancestors, find, lower
from courtsight.decisions.draft import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from courtsight.decisions.draft import DecisionDraft

__all__ = ["ArticleRoles", "Grade", "applied_articles", "article_roles", "charged_articles"]

_CLAUSE = re.compile(
    r"\b(?:mengingat|memperhatikan)\b(?=[^\n]{0,90}?(?:\n[^\n]{0,90}?)?\b(?:pasal|undang|uu|kuhp))"
)
_VERDICT = re.compile(r"\bm\s?e\s?n\s?g\s?a\s?d\s?i\s?l\s?i\b|\bmemutuskan\b")
_CLAUSE_LENGTH = 2_500
_PROVEN = re.compile(r"\b(?:terpenuhi|terbukti)\b")
_NOT_PROVEN = re.compile(r"\btidak\s(?:telah\s)?(?:terpenuhi|terbukti)\b")
_PROVEN_WITHIN = 250
_FULL = 7
_LINE_LENGTH = 1_500
_REASONED = (Section.CONSIDERATIONS, Section.LEGAL_FACTS, Section.FACTS)


class Grade(IntEnum):
    """How surely a decision applies an article: the order in which a search for the article ranks."""

    STATED = 0  # in the clause, with its own "pasal" and its law
    LISTED = 1  # in the clause, as a further member of a list ("ke-4 dan ke-5")
    INFERRED = 2  # in the clause; the law is named elsewhere
    CONCLUDED = 3  # only in the operative part or in the reasons


@dataclass(frozen=True, slots=True)
class ArticleRoles:
    """The articles of a decision by role: normal forms, once each, in order of appearance.

    `applied` comes with a `Grade` for each article, surest first. `citations` are all citations of
    `full_text`, with their spans.
    """

    applied: dict[str, Grade]
    charged: tuple[str, ...]
    mentioned: tuple[str, ...]
    citations: tuple[Citation, ...]

    def ranks(self) -> dict[str, int]:
        """For each applied article and each coarser form of it, where a search for that form ranks the decision.

        0 is best; below 1,024. What is applied exactly as asked comes before finer articles that contain it ("363"
        before "363(1)ke-4"), then the surer grade, the earlier place, and the shorter list decide.
        """
        ranks: dict[str, int] = {}
        length = min(len(self.applied), _FULL)
        for place, (article, grade) in enumerate(self.applied.items()):
            for form in ancestors(article):
                finer = form != article
                rank = ((finer * len(Grade) + grade) * (_FULL + 1) + min(place, _FULL)) * (_FULL + 1) + length
                ranks[form] = min(rank, ranks.get(form, rank))
        return ranks


@dataclass(frozen=True, slots=True)
class _Part:
    """A section: its lower-cased text, where it begins, its articles with a law (spans of the full text)."""

    lowered: str
    offset: int
    articles: Sequence[Citation]

    def between(self, start: int, end: int) -> Sequence[Citation]:
        """The articles that begin at `start:end` of the section."""
        first = bisect_left(self.articles, start + self.offset, key=_start)
        return self.articles[first : bisect_left(self.articles, end + self.offset, key=_start)]

    def line_start(self, position: int) -> int:
        """Where the line of `position` begins, at most `_LINE_LENGTH` characters before it."""
        floor = max(0, position - _LINE_LENGTH)
        return max(floor, self.lowered.rfind("\n", floor, position) + 1)


def article_roles(draft: DecisionDraft) -> ArticleRoles:
    """Read all citations of a decision once and tell the articles apart by role."""
    text = draft.full_text
    citations = find(text)
    parts = _parts(draft, lower(text), citations)
    indictment = parts.get(Section.INDICTMENT)
    return ArticleRoles(
        applied=_applied(parts),
        charged=_unique(indictment.articles if indictment else ()),
        mentioned=_unique(_with_law(citations)),
        citations=tuple(citations),
    )


def applied_articles(draft: DecisionDraft) -> tuple[str, ...]:
    """The articles that the verdict applies; empty if the decision names none."""
    return tuple(article_roles(draft).applied)


def charged_articles(draft: DecisionDraft) -> tuple[str, ...]:
    """The articles of the indictment."""
    return article_roles(draft).charged


def _parts(draft: DecisionDraft, lowered: str, citations: Sequence[Citation]) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    offset = index = 0
    for name, section in draft.sections.items():
        if not section:
            continue
        end = offset + len(section)
        first = index
        while index < len(citations) and citations[index].start < end:
            index += 1
        parts[name] = _Part(lowered[offset:end], offset, _with_law(citations[first:index]))
        offset = end + 2  # the blank line between sections in full_text
    return parts


def _applied(parts: dict[str, _Part]) -> dict[str, Grade]:
    part, clause = _clause(parts)
    grades: dict[str, Grade] = {}
    for citation in clause:
        grade = Grade.STATED
        if citation.inferred:
            grade = Grade.INFERRED
        elif part is not None and part.lowered[citation.start - part.offset] != "p":
            grade = Grade.LISTED
        grades[citation.normalised] = min(grade, grades.get(citation.normalised, grade))
    concluded = _operative(parts)
    if not clause and not concluded:
        concluded = _proven_charge(parts)
    for citation in concluded:
        grades.setdefault(citation.normalised, Grade.CONCLUDED)
    return dict(sorted(grades.items(), key=lambda item: item[1]))


def _clause(parts: dict[str, _Part]) -> tuple[_Part | None, Sequence[Citation]]:
    """The last clause "Mengingat/Memperhatikan Pasal ..." before the operative part, wherever it stands."""
    for name in reversed(parts):
        if name == Section.CLOSING:
            continue
        part = parts[name]
        end = len(part.lowered)
        if name == Section.VERDICT:
            orders = [match.start() for match in _VERDICT.finditer(part.lowered)]
            end = orders[-1] if orders else 0
        for match in reversed([*_CLAUSE.finditer(part.lowered, 0, end)]):
            limit = min(end, match.start() + _CLAUSE_LENGTH)
            verdict = _VERDICT.search(part.lowered, match.end(), limit)
            articles = part.between(match.start(), verdict.start() if verdict else limit)
            if articles:
                return part, articles
    return None, []


def _operative(parts: dict[str, _Part]) -> Sequence[Citation]:
    """The articles of the operative part, but for those of charges that it finds not proven."""
    part = parts.get(Section.VERDICT)
    if part is None:
        return []
    found = []
    for citation in part.articles:
        begin = citation.start - part.offset
        if not _NOT_PROVEN.search(part.lowered, part.line_start(begin), begin):
            found.append(citation)
    return found


def _proven_charge(parts: dict[str, _Part]) -> Sequence[Citation]:
    """The last paragraph of the reasons that finds an article's elements fulfilled or proven."""
    for part in _reasons(parts):
        for citation in reversed(part.articles):
            if citation.law == "KUHAP":
                continue
            begin, end = citation.start - part.offset, citation.end - part.offset
            stop = end + _PROVEN_WITHIN
            line_end = part.lowered.find("\n", end, stop)
            stop = line_end if line_end >= 0 else stop
            if _PROVEN.search(part.lowered, end, stop) and not _NOT_PROVEN.search(part.lowered, end, stop):
                return part.between(part.line_start(begin), stop)
    return []


def _reasons(parts: dict[str, _Part]) -> Iterator[_Part]:
    return (parts[section] for section in _REASONED if section in parts)


def _start(citation: Citation) -> int:
    return citation.start


def _with_law(citations: Iterable[Citation]) -> list[Citation]:
    return [citation for citation in citations if citation.kind is Kind.ARTICLE and citation.law]


def _unique(citations: Iterable[Citation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.normalised for citation in citations))
