"""Queries behind a search: exact numbers, articles, and the texts that hits show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from courtsight.decisions.draft import Section
from courtsight.decisions.filters import article_condition, number_condition, number_of_any_court
from courtsight.decisions.models import Decision, DecisionArticle, DecisionSection
from courtsight.decisions.repository import list_decisions
from courtsight.decisions.schemas import DecisionSummary
from courtsight.search.schemas import Order
from courtsight.search.snippets import opening_snippet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg
    from sqlalchemy import Row

    from courtsight.decisions.citations import ArticleQuery
    from courtsight.search.schemas import Snippet
    from fondasi.ai.retrieval import Span
    from fondasi.kit.db import Session

OPENING = 300
NOT_APPLIED = 2000  # after every rank
AROUND = 160  # characters shown on each side of a citation
CHARACTERISTIC = (Section.INDICTMENT, Section.FACTS, Section.CONSIDERATIONS, Section.CASE_HISTORY)
# OFFSET 0 keeps the subqueries lateral: rows are looked up by key, whatever the planner knows of the tables.
_SUMMARY = f"""
CROSS JOIN LATERAL (
    SELECT {", ".join(DecisionSummary.model_fields)} FROM decision WHERE id = w.id OFFSET 0
) AS d"""  # noqa: S608 - names of columns
_FOUND = f"""
SELECT d.*, s.span_text
FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[]) AS w (id, section, start, length){_SUMMARY}
LEFT JOIN LATERAL (
    SELECT substr(text, w.start + 1, w.length) AS span_text FROM decision_section
    WHERE decision_id = w.id AND name = w.section OFFSET 0
) AS s ON true
"""  # noqa: S608 - the names above
_CITING = f"""
SELECT d.*, c.section, c.start_offset, c.end_offset, c.begin, s.around
FROM unnest($1::uuid[]) AS w (id){_SUMMARY}
LEFT JOIN LATERAL (
    SELECT section, start_offset, end_offset, greatest(start_offset - {AROUND + 1}, 0) AS begin FROM decision_citation
    WHERE decision_id = w.id AND kind <> 'decision' AND normalised ~ $2
    ORDER BY position DESC LIMIT 1
) AS c ON true
LEFT JOIN LATERAL (
    SELECT substr(text, c.begin + 1, c.end_offset + {AROUND + 1} - c.begin) AS around FROM decision_section
    WHERE decision_id = w.id AND name = c.section OFFSET 0
) AS s ON true
"""  # noqa: S608 - a number


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """A citation of an article with the text around it; offsets count in the section."""

    section: str
    start: int
    text: str
    citation_start: int
    citation_end: int


async def by_number(
    session: Session,
    number: str,
    where: list[ColumnElement[bool]],
    *,
    offset: int,
    limit: int,
    court: str = "",
    sort: Order = Order.RELEVANCE,
) -> tuple[Sequence[Decision], int]:
    """Decisions with a number, of the court that it or `court` (a key) tells; if there is none, of other courts."""
    order = [
        *(() if sort is Order.RELEVANCE else (_day(sort),)),
        Decision.duplicate_of.is_not(None),
        or_(
            Decision.court_key == "", Decision.court_key.endswith(":")
        ),  # those that tell their court come first
        Decision.court,
    ]
    for condition in (number_condition(number, court), number_of_any_court(number)):
        rows, total = await list_decisions(
            session, [condition, *where], offset=offset, limit=limit, order=order
        )
        if total:
            break
    return rows, total


async def count_decisions(session: Session) -> int:
    """How many decisions there are."""
    return await session.scalar(select(func.count()).select_from(Decision)) or 0


async def newest(
    session: Session, where: list[ColumnElement[bool]], *, offset: int, limit: int
) -> tuple[Sequence[Decision], int]:
    """Decisions that meet conditions, newest first."""
    return await by_day(session, where, Order.NEWEST, offset=offset, limit=limit)


async def by_day(
    session: Session, where: list[ColumnElement[bool]], order: Order, *, offset: int, limit: int
) -> tuple[Sequence[Decision], int]:
    """Decisions that meet conditions, newest first unless the oldest are to be."""
    return await list_decisions(session, where, offset=offset, limit=limit, order=[_day(order)])


def _day(order: Order) -> ColumnElement[Any]:
    column = Decision.pronounced_on
    return (column.asc() if order is Order.OLDEST else column.desc()).nulls_last()


async def by_articles(
    session: Session,
    articles: Sequence[ArticleQuery],
    where: list[ColumnElement[bool]],
    *,
    offset: int,
    limit: int,
    sort: Order = Order.RELEVANCE,
) -> tuple[Sequence[Row[Any]], int]:
    """Decisions that name all of the articles: those that apply them first, the surest of them at the top.

    Those that only name them follow, the most frequent first; otherwise the newest come first.
    """
    own = [article_condition(article) for article in articles]
    ranks = [
        func.coalesce(func.min(DecisionArticle.rank).filter(condition), NOT_APPLIED) for condition in own
    ]
    rank = func.greatest(*ranks)
    charged = and_(*(func.bool_or(DecisionArticle.charged).filter(condition) for condition in own))
    mentions = func.sum(DecisionArticle.mentions)
    named_only = case((rank == NOT_APPLIED, -mentions))
    query = (
        select(
            DecisionArticle.decision_id,
            func.nullif(rank, NOT_APPLIED).label("rank"),
            charged.label("charged"),
            mentions.label("mentions"),
            func.count().over().label("total"),
        )
        .join(Decision, Decision.id == DecisionArticle.decision_id)
        .where(or_(*own), *where)
        .group_by(DecisionArticle.decision_id)
        .having(and_(*(func.bool_or(condition) for condition in own)))
        .order_by(*_order_of_articles(sort, rank, charged, named_only), DecisionArticle.decision_id)
    )
    rows = (await session.execute(query.offset(offset).limit(limit))).all()
    if rows or not offset:
        return rows, rows[0].total if rows else 0
    first = (await session.execute(query.limit(1))).first()  # the page lies behind the last row
    return rows, first.total if first else 0


def _order_of_articles(sort: Order, rank: Any, charged: Any, named_only: Any) -> tuple[Any, ...]:
    day = func.max(Decision.pronounced_on)
    if sort is Order.OLDEST:
        return (day.asc().nulls_last(),)
    newest = day.desc().nulls_last()
    return (newest,) if sort is Order.NEWEST else (rank, charged.desc(), named_only, newest)


async def found_decisions(
    connection: asyncpg.Connection, spans: Sequence[tuple[UUID, Span | None]]
) -> dict[UUID, tuple[DecisionSummary, str | None]]:
    """The decisions of a page of hits, each with the words of its span; all in one statement."""
    rows = await connection.fetch(
        _FOUND,
        [key for key, _ in spans],
        [span.section if span else None for _, span in spans],
        [span.start if span else None for _, span in spans],
        [span.end - span.start if span else None for _, span in spans],
    )
    return {row["id"]: (_summary(row), row["span_text"]) for row in rows}


async def citing_decisions(
    connection: asyncpg.Connection, ids: Sequence[UUID], articles: Sequence[ArticleQuery]
) -> dict[UUID, tuple[DecisionSummary, ArticlePlace | None]]:
    """Decisions, each with the last place that cites one of the articles: verdicts stand at the end."""
    found = {}
    for row in await connection.fetch(_CITING, ids, citation_pattern(articles)):
        place = None
        if row["around"] is not None:
            place = ArticlePlace(
                row["section"], row["begin"], row["around"], row["start_offset"], row["end_offset"]
            )
        found[row["id"]] = _summary(row), place
    return found


async def openings(session: Session, ids: Sequence[UUID]) -> dict[UUID, Snippet]:
    """The beginnings of decisions, for hits that no words point into."""
    if not ids:
        return {}
    query = select(
        DecisionSection.decision_id, DecisionSection.name, func.left(DecisionSection.text, OPENING + 1)
    ).where(DecisionSection.decision_id.in_(ids), DecisionSection.position == 0)
    return {key: opening_snippet(name, text, OPENING) for key, name, text in await session.execute(query)}


async def characteristic_text(session: Session, decision_id: UUID, length: int) -> str:
    """The part of a decision that tells what it is about: indictment, facts, considerations, in that order."""
    query = select(DecisionSection.name, func.left(DecisionSection.text, length)).where(
        DecisionSection.decision_id == decision_id
    )
    rows = await session.execute(query.order_by(DecisionSection.position))
    texts: dict[str, str] = {name: text for name, text in rows}  # noqa: C416 - rows are not pairs to mypy
    chosen = [texts[name] for name in CHARACTERISTIC if name in texts] or list(texts.values())
    return "\n".join(chosen)[:length]


def _summary(row: asyncpg.Record) -> DecisionSummary:
    return DecisionSummary(**{name: row[name] for name in DecisionSummary.model_fields})


def citation_pattern(articles: Sequence[ArticleQuery]) -> str:
    """A pattern of citations of one of the articles or of a part of it: `363` has the part `363(1)`, not `3632`."""
    wanted = []
    for article in [other for one in articles for other in (one, *one.alternatives)]:
        law = re.escape(f"{article.law}:") if article.law else "(.*:)?"
        named = f"{law}{re.escape(article.article)}([^0-9].*)?"
        wanted.append(named if article.article else f"{re.escape(article.law)}(:.*)?")
    return f"^({'|'.join(wanted)})$"
