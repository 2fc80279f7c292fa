"""Search: exact lookups of decisions and articles, and ranked search for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtsight.decisions.models import Decision
from courtsight.decisions.service import read_decision
from courtsight.search import repository
from courtsight.search.matching import asked
from courtsight.search.parts import Part, Use, blanked, without
from courtsight.search.planned import results_of, retrieval_query
from courtsight.search.query import ParsedQuery, parse_query
from courtsight.search.ranked import (
    answer_of,
    numbered,
    offset_of,
    ranked,
    shown_hits,
)
from courtsight.search.schemas import Scores, SearchHit, SearchRequest, Strategy
from courtsight.search.snippets import article_snippet
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.i18n import t, tn

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.ai.retrieval import Index

SIMILAR_FROM = 4000  # characters of a decision that its neighbours are looked up by


async def search(session: Session, index: Index, request: SearchRequest) -> dict[str, Any]:
    """A page of hits, as `SearchAnswer` takes it.

    A decision number or an article that nothing in the whole corpus has is searched for as text.

    Raises:
        InvalidInput: a filter is not understood, the query says nothing, or the page is too deep.
    """
    parsed = parse_query(request.query)
    where = asked(request, parsed)
    answer = None
    if parsed.case_number:
        answer = await _exact_numbers(session, request, parsed, where)
    elif parsed.articles:
        answer = await _articles(session, request, parsed, where)
    return answer or await ranked(session, index, request, parsed, where)


async def similar(session: Session, index: Index, decision_id: UUID, limit: int) -> list[SearchHit]:
    """Decisions that are near in meaning, the decision itself left out.

    Raises:
        DecisionNotFound: there is no such decision.
    """
    decision = await read_decision(session, decision_id)
    text = await repository.characteristic_text(session, decision.id, SIMILAR_FROM)
    query = retrieval_query(text, [Decision.id != decision.id], strategy=Strategy.VECTOR, limit=limit)
    connection = await driver_connection(session)
    results = await results_of(connection, index, query)
    return await shown_hits(connection, results.hits, ParsedQuery())


async def corpus_size(session: Session) -> int:
    """How many decisions there are."""
    return await repository.count_decisions(session)


async def _exact_numbers(
    session: Session, request: SearchRequest, parsed: ParsedQuery, where: list[ColumnElement[bool]]
) -> dict[str, Any] | None:
    number, court = parsed.case_number or "", parsed.court_of_number
    offset = offset_of(request)
    rows, total = await repository.by_number(
        session,
        number,
        where,
        offset=offset,
        limit=request.items_per_page,
        court=court,
        sort=request.sort,
    )
    if not total and not (where and (await repository.by_number(session, number, [], offset=0, limit=1))[1]):
        return None
    hits = await numbered(session, rows, number, court)
    return answer_of(request, hits, total, "decision_number", _looked_up(request, parsed, "number", number))


async def _articles(
    session: Session,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
) -> dict[str, Any] | None:
    articles = parsed.articles
    offset = offset_of(request)
    rows, total = await repository.by_articles(
        session, articles, where, offset=offset, limit=request.items_per_page, sort=request.sort
    )
    if not total and not (
        where and (await repository.by_articles(session, articles, [], offset=0, limit=1))[1]
    ):
        return None
    ids = [row.decision_id for row in rows]
    decisions = (
        await repository.citing_decisions(await driver_connection(session), ids, articles) if ids else {}
    )
    names = ", ".join(article.normalised for article in articles)
    hits = []
    for row in rows:
        if row.decision_id not in decisions:
            continue  # deleted between the two statements
        decision, place = decisions[row.decision_id]
        snippet = article_snippet(place, repository.AROUND) if place else None
        why = _article_reasons(names, row)
        hits.append(SearchHit(decision=decision, snippet=snippet, scores=Scores(), why=why))
    return answer_of(request, hits, total, "article", _looked_up(request, parsed, "article", names))


def _article_reasons(names: str, row: Any) -> list[str]:
    reasons = []
    if row.rank is not None:
        reasons.append(t("The verdict applies {articles}.", articles=names))
    if row.charged:
        reasons.append(t("The indictment names {articles}.", articles=names))
    if row.mentions:
        reasons.append(
            tn(
                "The text names it {count} time.",
                "The text names it {count} times.",
                row.mentions,
                count=row.mentions,
            )
        )
    return reasons


def _looked_up(request: SearchRequest, parsed: ParsedQuery, kind: str, value: str) -> list[Part]:
    """The parts of a query that names a decision or articles, and nothing beside its filters."""
    words = without(blanked(request.query, parsed.parts), ())
    start = request.query.find(words.partition(" ")[0])
    last = words.rpartition(" ")[2]
    end = request.query.rfind(last) + len(last)
    if kind == "article" and not any(article.article for article in parsed.articles):
        kind = "law"
    own = Part(kind, request.query[start:end], value, start, end, Use.LOOKUP)
    return [own, *(part for part in parsed.parts if part.end <= start or part.start >= end)]
