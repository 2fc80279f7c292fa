"""Ranked search: words and meaning, with what the query is understood to say and what the lexicon adds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from courtsight.decisions.filters import number_condition
from courtsight.decisions.identity import may_be_of
from courtsight.decisions.models import Decision
from courtsight.search import repository
from courtsight.search.planned import Plan, Ranked, one_of, planned, rank, respelled
from courtsight.search.schemas import (
    AlsoSearched,
    Order,
    QueryPart,
    Scores,
    SearchHit,
    SearchRequest,
    Strategy,
)
from courtsight.search.snippets import passage_snippet
from courtsight.search.weak import is_weak
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.http import InvalidInput, window_of
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    import asyncpg
    from sqlalchemy import ColumnElement

    from courtsight.search.parts import Part
    from courtsight.search.query import ParsedQuery
    from fondasi.ai.retrieval import Hit, Index

MAXIMUM_DEPTH = 1000  # ranked hits that can be paged through
MOST_NAMED = 20  # decisions of the number that a query names among other words
_OPERATORS_OF_OTHERS = frozenset({"OR", "AND", "NOT", "ATAU", "DAN"})


async def ranked(
    session: Session,
    index: Index,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
) -> dict[str, Any]:
    """A page of ranked hits, as `SearchAnswer` takes it.

    Raises:
        InvalidInput: the query says nothing, or the page is too deep.
    """
    if request.similarity_threshold is not None and request.strategy is Strategy.LEXICAL:
        raise InvalidInput.of("body.similarity_threshold", t("the lexical strategy knows no similarity"))
    if offset_of(request) >= MAXIMUM_DEPTH:
        raise InvalidInput.of(
            "body.page", t("ranked hits end at {limit}; narrow the search", limit=MAXIMUM_DEPTH)
        )
    plan = await planned(session, index, request, parsed, where)
    if plan.expansion is None:
        return await _only_filtered(session, request, parsed, plan)
    if request.sort is not Order.RELEVANCE:
        return await _in_order(session, index, request, parsed, plan)
    return await _found(session, index, request, parsed, plan)


async def ranked_ids(
    session: Session, index: Index, request: SearchRequest, parsed: ParsedQuery, plan: Plan
) -> tuple[list[UUID], Ranked]:
    """Ids of all hits that can be paged through, in the order of their rank."""
    assert plan.expansion is not None
    named = [hit.decision.id for hit in await named_hits(session, parsed, plan.where)]
    ranks = await rank(
        await driver_connection(session),
        index,
        request,
        plan.expansion,
        plan.where,
        limit=MAXIMUM_DEPTH,
        passages=False,
    )
    found = [] if ranks.nothing else [hit.document_id for hit in ranks.results.hits]
    return list(dict.fromkeys([*named, *found]))[:MAXIMUM_DEPTH], ranks


async def _in_order(
    session: Session, index: Index, request: SearchRequest, parsed: ParsedQuery, plan: Plan
) -> dict[str, Any]:
    """The ranked hits by their day."""
    assert plan.expansion is not None
    ids, ranks = await ranked_ids(session, index, request, parsed, plan)
    wanted = [one_of(ids)]
    rows, total = await repository.by_day(
        session, wanted, request.sort, offset=offset_of(request), limit=request.items_per_page
    )
    shown: dict[UUID, SearchHit] = {}
    connection = await driver_connection(session)
    if rows:
        here = [one_of([row.id for row in rows])]
        again = await rank(connection, index, request, plan.expansion, here, limit=len(rows))
        found = await shown_hits(connection, again.results.hits, parsed)
        shown = {hit.decision.id: hit for hit in found}
    openings = await repository.openings(session, [row.id for row in rows if row.id not in shown])
    named = _number_reasons(parsed)
    hits = [
        shown.get(row.id) or SearchHit.of(row, Scores(), named(row), openings.get(row.id)) for row in rows
    ]
    weak = bool(hits) and parsed.named_number is None and is_weak(ranks.results)
    return {
        **answer_of(request, hits, total, "text", plan.parts),
        **told(request, ranks, nothing=not ids, weak=weak),
    }


def _number_reasons(parsed: ParsedQuery) -> Callable[[Decision], list[str]]:
    number, court = parsed.named_number or "", parsed.court_of_number
    return lambda row: [_number_reason(row, number, court)] if number else []


async def _found(
    session: Session, index: Index, request: SearchRequest, parsed: ParsedQuery, plan: Plan
) -> dict[str, Any]:
    assert plan.expansion is not None
    offset = offset_of(request)
    limit = min(request.items_per_page, MAXIMUM_DEPTH - offset)
    named = await named_hits(session, parsed, plan.where)
    where = plan.where
    if named:
        where = [*where, Decision.id.not_in([hit.decision.id for hit in named])]
    first = named[offset : offset + limit]
    connection = await driver_connection(session)
    ranks = await rank(
        connection,
        index,
        request,
        plan.expansion,
        where,
        limit=max(1, limit - len(first)),
        offset=max(0, offset - len(named)),
    )
    found = ranks.results
    shown = [] if ranks.nothing else await shown_hits(connection, found.hits, parsed)
    hits = (first + shown)[:limit]
    more = not ranks.nothing and (found.has_more or len(first) + len(shown) > limit)
    total = offset + len(hits) + int(more and offset + limit < MAXIMUM_DEPTH)
    answer = answer_of(request, hits, total, "text", plan.parts)
    missing = bool(parsed.case_number or parsed.articles)  # looked up in vain
    weak = bool(hits) and not named and (missing or is_weak(found))
    return {**answer, **told(request, ranks, nothing=ranks.nothing and not named, weak=weak)}


def told(request: SearchRequest, ranks: Ranked, *, nothing: bool, weak: bool) -> dict[str, Any]:
    """What an answer says of how its words were searched."""
    unknown = ranks.results.unknown_words or ()
    return {
        "strategy": Strategy.LEXICAL if ranks.results.words_only else request.strategy,
        "also_searched": [AlsoSearched.model_validate(addition) for addition in ranks.expansion.additions],
        "left_out": list(ranks.expansion.left_out),
        "unknown_words": list(unknown),
        "did_you_mean": respelled(request.query, ranks.meant),
        "weak": weak,
        "notices": _notices(request, unknown, nothing=nothing, weak=weak),
    }


async def named_hits(
    session: Session, parsed: ParsedQuery, where: list[ColumnElement[bool]]
) -> list[SearchHit]:
    """The decision that a query names among other words; they stand before all that is ranked."""
    if parsed.named_number is None:
        return []
    number, court = parsed.named_number, parsed.court_of_number
    wanted = [number_condition(number, court), *where]
    rows, _ = await repository.newest(session, wanted, offset=0, limit=MOST_NAMED)
    return await numbered(session, rows, number, court)


async def numbered(session: Session, rows: Sequence[Decision], number: str, court: str) -> list[SearchHit]:
    """Decisions that were looked up by their number, as they are shown."""
    openings = await repository.openings(session, [row.id for row in rows])
    return [
        SearchHit.of(row, Scores(), [_number_reason(row, number, court)], openings.get(row.id))
        for row in rows
    ]


def _number_reason(row: Decision, typed: str, court: str) -> str:
    if row.court_key in {court, ""} if court else may_be_of(typed, row.court_key):
        return t("It is decision {number}.", number=row.case_number)
    return t("It has the same number, {number}, of another court.", number=row.case_number)


def _notices(request: SearchRequest, unknown: Sequence[str], *, nothing: bool, weak: bool) -> list[str]:
    """What to know of the answer."""
    notices = []
    if nothing:
        notices.append(t("Nothing found: no decision has these words."))
    elif unknown:
        notices.append(t("No decision has: {words}.", words=", ".join(unknown)))
    if weak:
        notices.append(t("Nothing fits well. These decisions are only near."))
    words = request.query.split()
    if not _OPERATORS_OF_OTHERS.isdisjoint(words) and not request.query.isupper():
        notices.append(t('OR, AND and NOT are words here. Write "a phrase", -word or field:value.'))
    if any(word.endswith("*") or re.search(r"\w~\d?$", word) for word in words):
        notices.append(t("The marks * and ~ do nothing here: near spellings are searched by themselves."))
    return notices


async def _only_filtered(
    session: Session, request: SearchRequest, parsed: ParsedQuery, plan: Plan
) -> dict[str, Any]:
    """Nothing to rank by (`court:"PN X"`, `-word`): the newest decisions that meet the conditions."""
    rows, total = await repository.by_day(
        session, plan.where, request.sort, offset=offset_of(request), limit=request.items_per_page
    )
    only_excluded = parsed.excluded and not parsed.fields
    why = [t("It lacks the excluded words.") if only_excluded else t("It meets the filters.")]
    openings = await repository.openings(session, [row.id for row in rows])
    hits = [SearchHit.of(row, Scores(), why, openings.get(row.id)) for row in rows]
    return answer_of(request, hits, total, "text", plan.parts)


async def shown_hits(
    connection: asyncpg.Connection, found: Sequence[Hit], parsed: ParsedQuery
) -> list[SearchHit]:
    """What the index found, as it is shown."""
    if not found:
        return []
    spans = [(hit.document_id, hit.child or hit.passage) for hit in found]
    decisions = await repository.found_decisions(connection, spans)
    hits = []
    for hit, (_, span) in zip(found, spans, strict=True):
        if hit.document_id not in decisions:
            continue  # deleted between the two statements
        decision, text = decisions[hit.document_id]
        snippet = passage_snippet(span, text, hit.matched_words, parsed.phrases) if span and text else None
        why = _reasons(hit, parsed)
        hits.append(SearchHit(decision=decision, snippet=snippet, scores=_scores(hit), why=why))
    return hits


def _scores(hit: Hit) -> Scores:
    scores = hit.scores
    lexical = None if scores.bm25 is None else scores.bm25 + (scores.pairs or 0.0)
    return Scores(lexical=lexical, vector=scores.vector, fused=scores.total)


def _reasons(hit: Hit, parsed: ParsedQuery) -> list[str]:
    reasons = [t("It contains “{phrase}”.", phrase=phrase) for phrase in parsed.phrases]
    if hit.matched_words:
        reasons.append(t("It contains: {words}.", words=", ".join(hit.matched_words[:12])))
    if hit.scores.vector is not None:
        reasons.append(t("Its meaning is near (similarity {score}).", score=f"{hit.scores.vector:.2f}"))
    return reasons


def offset_of(request: SearchRequest) -> int:
    """Hits before the page."""
    return (request.page - 1) * request.items_per_page


def answer_of(
    request: SearchRequest, hits: list[SearchHit], total: int, interpretation: str, parts: Sequence[Part]
) -> dict[str, Any]:
    """A page of hits, as `SearchAnswer` takes it."""
    window = window_of(hits, total, page=request.page, items_per_page=request.items_per_page)
    ordered = sorted(parts, key=lambda part: part.start)
    return {
        **window,
        "interpretation": interpretation,
        "strategy": request.strategy,
        "parts": [QueryPart.model_validate(part) for part in ordered],
    }
