"""Queries behind a search: exact numbers, articles, and the texts that hits show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, Text, Uuid, and_, column, func, or_, select, values

from courtsight.decisions.draft import Section
from courtsight.decisions.filters import article_condition, number_condition
from courtsight.decisions.models import Decision, DecisionArticle, DecisionCitation, DecisionSection
from courtsight.decisions.repository import list_decisions
from courtsight.search.snippets import opening_snippet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Row

    from courtsight.decisions.citations import ArticleQuery
    from courtsight.search.schemas import Snippet
    from fondasi.ai.retrieval import Span
    from fondasi.kit.db import Session

OPENING = 300
NOT_APPLIED = 2000  # after every rank
AROUND = 160  # characters shown on each side of a citation
CHARACTERISTIC = (Section.INDICTMENT, Section.FACTS, Section.CONSIDERATIONS, Section.CASE_HISTORY)


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """A citation of an article with the text around it; offsets count in the section."""

    section: str
    start: int
    text: str
    citation_start: int
    citation_end: int


async def by_number(
    session: Session, number: str, where: list[ColumnElement[bool]], *, offset: int, limit: int
) -> tuple[Sequence[Decision], int]:
    """Decisions with a number; the one whose number is complete comes first."""
    exact = func.lower(Decision.case_number) != number.lower()
    return await list_decisions(
        session, [number_condition(number), *where], offset=offset, limit=limit, order=[exact, Decision.court]
    )


async def count_decisions(session: Session) -> int:
    """How many decisions there are."""
    return await session.scalar(select(func.count()).select_from(Decision)) or 0


async def newest(
    session: Session, where: list[ColumnElement[bool]], *, offset: int, limit: int
) -> tuple[Sequence[Decision], int]:
    """Decisions that meet conditions, newest first."""
    order = [Decision.pronounced_on.desc().nulls_last()]
    return await list_decisions(session, where, offset=offset, limit=limit, order=order)


async def by_articles(
    session: Session,
    articles: Sequence[ArticleQuery],
    where: list[ColumnElement[bool]],
    *,
    offset: int,
    limit: int,
) -> tuple[Sequence[Row[Any]], int]:
    """Decisions that name all of the articles: those that apply them first, the surest of them at the top."""
    rank = func.max(func.coalesce(DecisionArticle.rank, NOT_APPLIED))
    number = func.count(func.distinct(DecisionArticle.number))
    charged, mentions = func.bool_and(DecisionArticle.charged), func.sum(DecisionArticle.mentions)
    query = (
        select(
            DecisionArticle.decision_id,
            func.nullif(rank, NOT_APPLIED).label("rank"),
            charged.label("charged"),
            mentions.label("mentions"),
            func.count().over().label("total"),
        )
        .where(or_(*(article_condition(article) for article in articles)))
        .group_by(DecisionArticle.decision_id)
        .having(number >= len({article.article for article in articles}))
        .order_by(rank, charged.desc(), mentions.desc(), DecisionArticle.decision_id)
    )
    if where:
        query = query.where(DecisionArticle.decision_id.in_(select(Decision.id).where(*where)))
    rows = (await session.execute(query.offset(offset).limit(limit))).all()
    return rows, rows[0].total if rows else 0


async def article_places(
    session: Session, ids: Sequence[UUID], articles: Sequence[ArticleQuery]
) -> dict[UUID, ArticlePlace]:
    """For each decision the last place that cites one of the articles: verdicts stand at the end."""
    if not ids:
        return {}
    cited = or_(*(_cites(article) for article in articles))
    begin = func.greatest(DecisionCitation.start_offset - AROUND, 0)
    query = (
        select(
            DecisionCitation.decision_id,
            DecisionCitation.section,
            DecisionCitation.start_offset,
            DecisionCitation.end_offset,
            begin.label("begin"),
            func.substr(
                DecisionSection.text, begin + 1, DecisionCitation.end_offset + AROUND - begin
            ).label("text"),
        )
        .join(
            DecisionSection,
            and_(
                DecisionSection.decision_id == DecisionCitation.decision_id,
                DecisionSection.name == DecisionCitation.section,
            ),
        )
        .where(DecisionCitation.decision_id.in_(ids), DecisionCitation.kind == "article", cited)
        .distinct(DecisionCitation.decision_id)
        .order_by(DecisionCitation.decision_id, DecisionCitation.position.desc())
    )
    return {
        row.decision_id: ArticlePlace(row.section, row.begin, row.text, row.start_offset, row.end_offset)
        for row in await session.execute(query)
    }


async def span_texts(session: Session, spans: Sequence[tuple[UUID, Span | None]]) -> dict[UUID, str]:
    """The words of one span per decision, in one statement."""
    rows = [(key, span.section, span.start, span.end - span.start) for key, span in spans if span is not None]
    if not rows:
        return {}
    wanted = values(
        column("decision_id", Uuid), column("name", Text), column("start", Integer), column("length", Integer),
        name="wanted",
    ).data(rows)  # fmt: skip
    query = select(
        DecisionSection.decision_id, func.substr(DecisionSection.text, wanted.c.start + 1, wanted.c.length)
    ).join(
        wanted,
        and_(DecisionSection.decision_id == wanted.c.decision_id, DecisionSection.name == wanted.c.name),
    )
    return {key: text for key, text in await session.execute(query)}  # noqa: C416 - rows are not pairs to mypy


async def openings(session: Session, ids: Sequence[UUID]) -> dict[UUID, Snippet]:
    """The beginnings of decisions, for hits that no words point into."""
    query = select(
        DecisionSection.decision_id, DecisionSection.name, func.left(DecisionSection.text, OPENING)
    ).where(DecisionSection.decision_id.in_(ids), DecisionSection.position == 0)
    return {key: opening_snippet(name, text) for key, name, text in await session.execute(query)}


async def characteristic_text(session: Session, decision_id: UUID, length: int) -> str:
    """The part of a decision that tells what it is about: indictment, facts, considerations, in that order."""
    query = select(DecisionSection.name, func.left(DecisionSection.text, length)).where(
        DecisionSection.decision_id == decision_id
    )
    rows = await session.execute(query.order_by(DecisionSection.position))
    texts: dict[str, str] = {name: text for name, text in rows}  # noqa: C416 - rows are not pairs to mypy
    chosen = [texts[name] for name in CHARACTERISTIC if name in texts] or list(texts.values())
    return "\n".join(chosen)[:length]


def _cites(article: ArticleQuery) -> ColumnElement[bool]:
    """Citations of the article or of a part of it."""
    if article.law:
        return DecisionCitation.normalised.startswith(article.normalised, autoescape=True)
    return DecisionCitation.normalised.contains(f":{article.article}", autoescape=True)
