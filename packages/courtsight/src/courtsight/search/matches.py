"""Every place of a decision where a query matches, to walk from one to the next."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from courtsight.decisions.identity import identity_of
from courtsight.decisions.models import Decision, DecisionCitation
from courtsight.decisions.repository import sections_of
from courtsight.decisions.service import read_decision
from courtsight.search.planned import planned, rank
from courtsight.search.query import parse_query
from courtsight.search.repository import citation_pattern
from courtsight.search.snippets import merged
from fondasi.ai.retrieval.tokens import split_words
from fondasi.kit.db import Session, driver_connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from courtsight.decisions.models import DecisionSection
    from courtsight.search.query import ParsedQuery
    from courtsight.search.schemas import SearchRequest
    from fondasi.ai.retrieval import Index

MOST_MATCHES = 2000
_WORD = re.compile(r"[^\W_]+")
# Every sentence has them: to mark them would hide what was looked for.
_EVERYWHERE = frozenset(
    """yang dan di dengan dalam tidak untuk pada oleh dari ke atau karena sebagai adalah ini itu bahwa telah
    the of a an in on at to for from by with and or is are was were""".split()  # noqa: SIM905 - two lines of them
)


async def matches(
    session: Session, index: Index, decision_id: UUID, request: SearchRequest
) -> dict[str, Any]:
    """The places of a decision where a query matches, in reading order, as `Matches` takes them.

    Raises:
        DecisionNotFound: there is no such decision.
        InvalidInput: the query says nothing, or has too many operators.
    """
    await read_decision(session, decision_id)
    parsed = parse_query(request.query)
    words, phrases = await _wanted(session, index, decision_id, request, parsed)
    sections = await sections_of(session, decision_id)
    cited = await _citations(session, decision_id, parsed)
    found = await asyncio.to_thread(_places, sections, words, phrases, cited)
    return {"total_count": len(found), "words": sorted(words), "data": found[:MOST_MATCHES]}


async def _wanted(
    session: Session, index: Index, decision_id: UUID, request: SearchRequest, parsed: ParsedQuery
) -> tuple[set[str], list[list[str]]]:
    """Words and phrases to look for, those that are searched beside the query's included."""
    phrases = [split_words(phrase) for phrase in parsed.phrases]
    if parsed.case_number or parsed.articles or parsed.says_nothing:
        return set(), phrases
    own = [Decision.id == decision_id]
    plan = await planned(session, index, request, parsed, own)
    if plan.expansion is None:
        return set(), phrases
    connection = await driver_connection(session)
    ranks = await rank(connection, index, request, plan.expansion, own, limit=1, passages=False)
    others = [split_words(other.text) for other in ranks.expansion.alternatives]
    quoted = {word for phrase in phrases for word in phrase}
    words = {word for word in split_words(ranks.expansion.text) if word not in quoted}
    words |= {other[0] for other in others if len(other) == 1}
    telling = words - _EVERYWHERE
    return telling or words, [*phrases, *(other for other in others if len(other) > 1)]


async def _citations(
    session: Session, decision_id: UUID, parsed: ParsedQuery
) -> Sequence[tuple[str, int, int]]:
    """Where the decision cites the articles or the decision of the query."""
    articles = [*parsed.articles, *(one for part in parsed.understood for one in part.articles)]
    number = parsed.case_number or parsed.named_number
    wanted = []
    if articles:
        pattern = citation_pattern(articles)
        wanted.append(DecisionCitation.normalised.regexp_match(pattern))
    if number:
        wanted.append(DecisionCitation.cited_number == identity_of(number, "").number)
    if not wanted:
        return []
    query = select(DecisionCitation.section, DecisionCitation.start_offset, DecisionCitation.end_offset)
    rows = await session.execute(query.where(DecisionCitation.decision_id == decision_id, or_(*wanted)))
    return [(section, start, end) for section, start, end in rows]


def _places(
    sections: Sequence[DecisionSection],
    words: set[str],
    phrases: Sequence[Sequence[str]],
    cited: Iterable[tuple[str, int, int]],
) -> list[dict[str, Any]]:
    marks: dict[str, list[tuple[int, int]]] = {section.name: [] for section in sections}
    for name, start, end in cited:
        if name in marks:
            marks[name].append((start, end))
    patterns = [
        re.compile(r"[\W_]+".join(map(re.escape, phrase)), re.IGNORECASE) for phrase in phrases if phrase
    ]
    found = []
    for section in sections:
        own = marks[section.name]
        if words:
            own += [match.span() for match in _WORD.finditer(section.text) if match[0].lower() in words]
        for pattern in patterns:
            own += [match.span() for match in pattern.finditer(section.text)]
        found += [
            {"section": section.name, "start": start, "end": end} for start, end in merged(own, section.text)
        ]
    return found
