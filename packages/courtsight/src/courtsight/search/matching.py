"""All that a search finds, not a page of it: to count it by facets, and to save it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, func, select

from courtsight.decisions.filters import (
    conditions,
    names_articles,
    number_condition,
    number_of_any_court,
    query_filters,
)
from courtsight.decisions.models import Decision
from courtsight.decisions.schemas import DecisionSummary
from courtsight.search import repository
from courtsight.search.planned import one_of, planned
from courtsight.search.query import ParsedQuery, parse_query
from courtsight.search.ranked import MAXIMUM_DEPTH, ranked_ids
from courtsight.search.schemas import Order, SearchRequest
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Session

MOST_OPERATORS = 32  # fields, articles, quoted phrases and excluded words in one query, all together


@dataclass(frozen=True, slots=True)
class Matching:
    """What a search finds.

    Attributes:
        where: what tells its decisions.
        whole: whether they are all that match: of a ranked search the best 1,000 are.
        ids: of a ranked search, in the order of their rank.
    """

    where: list[ColumnElement[bool]]
    whole: bool = True
    ids: list[UUID] | None = None


async def matching(session: Session, index: Index, request: SearchRequest) -> Matching:
    """What a search finds, as its pages have it.

    Raises:
        InvalidInput: as `search` does.
    """
    parsed = parse_query(request.query)
    where = asked(request, parsed)
    if (exact := await _exact(session, parsed, where)) is not None:
        return Matching(exact)
    plan = await planned(session, index, request, parsed, where)
    if plan.expansion is None:
        return Matching(plan.where)
    ids, ranks = await ranked_ids(session, index, request, parsed, plan)
    return Matching([one_of(ids)], not ranks.results.has_more and len(ids) < MAXIMUM_DEPTH, ids)


async def saved(session: Session, index: Index, request: SearchRequest) -> list[DecisionSummary]:
    """The decisions that a search finds, in its order; the first 1,000.

    Raises:
        InvalidInput: as `search` does.
    """
    parsed = parse_query(request.query)
    found = await matching(session, index, request)
    if found.ids is not None and request.sort is Order.RELEVANCE:
        rows = await _in_order(session, found.ids)
    elif parsed.articles and request.sort is Order.RELEVANCE and found.ids is None:
        named, _ = await repository.by_articles(
            session, parsed.articles, asked(request, parsed), offset=0, limit=MAXIMUM_DEPTH
        )
        rows = await _in_order(session, [row.decision_id for row in named])
    else:
        rows, _ = await repository.by_day(session, found.where, request.sort, offset=0, limit=MAXIMUM_DEPTH)
    return [DecisionSummary.model_validate(row) for row in rows]


async def how_many(session: Session, where: list[ColumnElement[bool]]) -> int:
    """How many decisions meet conditions."""
    return await session.scalar(select(func.count()).select_from(Decision).where(*where)) or 0


def asked(request: SearchRequest, parsed: ParsedQuery) -> list[ColumnElement[bool]]:
    """What the request's filters and those of its query demand."""
    if parsed.operators > MOST_OPERATORS:
        message = t("more than {limit} fields, quoted phrases and excluded words", limit=MOST_OPERATORS)
        raise InvalidInput.of("body.query", message, "too_long")
    where = conditions(request.filters, place="body.filters")
    where += conditions(*query_filters(parsed.fields), place="body.query")
    for filters in query_filters(parsed.excluded_fields):
        # A value that the decision lacks does not meet the filter either.
        where += [
            func.coalesce(condition, false()).is_(False)
            for condition in conditions(filters, place="body.query")
        ]
    return where


async def _exact(
    session: Session, parsed: ParsedQuery, where: list[ColumnElement[bool]]
) -> list[ColumnElement[bool]] | None:
    """What tells the decisions of a number or of articles; None where none of the corpus has them."""
    ways: list[ColumnElement[bool]] = []
    if parsed.case_number:
        number = parsed.case_number
        ways = [number_condition(number, parsed.court_of_number), number_of_any_court(number)]
    elif parsed.articles:
        ways = [names_articles(parsed.articles)]
    for meant in (where, []) if where else (where,):
        for way in ways:
            if await session.scalar(select(Decision.id).where(way, *meant).limit(1)):
                return [way, *where]
    return None


async def _in_order(session: Session, ids: Sequence[UUID]) -> Sequence[Decision]:
    rows = await session.scalars(select(Decision).where(one_of(ids)))
    known = {row.id: row for row in rows}
    return [known[key] for key in ids if key in known]
