"""Queries for decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)

from courtsight.decisions.case_numbers import take_apart
from courtsight.decisions.filters import number_condition, number_of_any_court
from courtsight.decisions.models import (
    COUNTED,
    Decision,
    DecisionArticle,
    DecisionCitation,
    DecisionOriginal,
    DecisionPage,
    DecisionSection,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from courtsight.decisions.suggestions import Typed
    from fondasi.kit.db import Session


async def list_decisions(
    session: Session, conditions: list[ColumnElement[bool]], *, offset: int, limit: int, order: list[Any]
) -> tuple[Sequence[Decision], int]:
    """A page of decisions, and how many there are."""
    rows = await session.scalars(
        select(Decision).where(*conditions).order_by(*order, Decision.id).offset(offset).limit(limit)
    )
    found = rows.all()
    if len(found) < limit and (found or not offset):
        return found, offset + len(found)  # the last page tells the total
    total = await session.scalar(select(func.count()).select_from(Decision).where(*conditions))
    return found, total or 0


async def get_decision(session: Session, decision_id: UUID) -> Decision | None:
    """A decision without its text."""
    return await session.get(Decision, decision_id)


async def sections_of(session: Session, decision_id: UUID) -> Sequence[DecisionSection]:
    """The sections of a decision, in reading order."""
    query = select(DecisionSection).where(DecisionSection.decision_id == decision_id)
    return (await session.scalars(query.order_by(DecisionSection.position))).all()


_CITED = Decision.__table__.alias()
CITATION = {  # columns of a citation, by the names that its readers know
    "start": DecisionCitation.start_offset,
    "end": DecisionCitation.end_offset,
    "text": func.substr(
        DecisionSection.text,
        DecisionCitation.start_offset + 1,
        DecisionCitation.end_offset - DecisionCitation.start_offset,
    ),
    "decision_id": select(case((func.count() == 1, func.min(cast(_CITED.c.id, Text)))))
    .where(
        _CITED.c.number_key == DecisionCitation.cited_number,
        _CITED.c.court_key.like(DecisionCitation.cited_court),
        _CITED.c.duplicate_of.is_(None),
        _CITED.c.id != DecisionCitation.decision_id,
    )
    .scalar_subquery(),
}


def with_sections(query: Select[Any]) -> Select[Any]:
    """A query of citations, with the sections in which they stand."""
    same = DecisionSection.decision_id == DecisionCitation.decision_id
    return query.join(DecisionSection, and_(same, DecisionSection.name == DecisionCitation.section))


def cites(decision: Decision) -> list[ColumnElement[bool]]:
    """What holds for the citations in a decision."""
    return [DecisionCitation.decision_id == decision.id]


def cited(decision: Decision) -> list[ColumnElement[bool]]:
    """What holds for the decisions that cite a decision: they name its number and its court, and mean no other."""
    court = literal(decision.court_key)
    others = exists().where(
        _CITED.c.number_key == decision.number_key,
        _CITED.c.court_key.like(DecisionCitation.cited_court),
        _CITED.c.duplicate_of.is_(None),
        _CITED.c.id.not_in([decision.id, DecisionCitation.decision_id]),
    )
    citing = select(DecisionCitation.decision_id).where(
        DecisionCitation.kind == "decision",
        DecisionCitation.cited_number == decision.number_key,
        court.like(DecisionCitation.cited_court),
        not_(others),
    )
    return [Decision.id.in_(citing), Decision.id != decision.id]


async def counts(
    session: Session, conditions: list[ColumnElement[bool]], facets: Sequence[str] = COUNTED
) -> dict[str, list[tuple[str, int]]]:
    """How many of the decisions that meet conditions have each value of facets, in one reading of them."""
    chosen = select(*(getattr(Decision, name) for name in facets)).where(*conditions).subquery()
    columns = [chosen.c[name] for name in facets]
    which = func.grouping(*columns)  # a bit for each column, 0 for the one that is counted
    query = select(which, func.count(), *columns).group_by(func.grouping_sets(*map(tuple_, columns)))
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in facets}
    everything = (1 << len(facets)) - 1
    places = {everything ^ (1 << (len(facets) - 1 - place)): place for place in range(len(facets))}
    for mask, count, *values in await session.execute(query):
        value = values[places[mask]]
        if value is not None and str(value):
            found[facets[places[mask]]].append((str(value), count))
    return {name: sorted(rows, key=lambda row: (-row[1], row[0])) for name, rows in found.items()}


async def article_counts(
    session: Session, conditions: list[ColumnElement[bool]], limit: int | None = None
) -> list[tuple[str, int]]:
    """How many of the decisions that meet conditions apply each article, those of most decisions first."""
    number = func.count()
    query = (
        select(DecisionArticle.law, DecisionArticle.number, number)
        .join(Decision, Decision.id == DecisionArticle.decision_id)
        .where(DecisionArticle.rank.is_not(None), DecisionArticle.number != "", *conditions)
        .group_by(DecisionArticle.law, DecisionArticle.number)
        .order_by(number.desc(), DecisionArticle.law, DecisionArticle.number)
        .limit(limit)
    )
    return [
        (f"{law}:{article}" if law else article, count)
        for law, article, count in await session.execute(query)
    ]


def page_count(decision_id: UUID) -> Select[int]:
    """How many pages the PDF has that a decision was read from."""
    return select(func.count()).where(DecisionPage.decision_id == decision_id)


async def original_of(session: Session, decision_id: UUID) -> dict[str, int] | None:
    """The PDF that a decision was read from: its pages and its bytes."""
    pages = page_count(decision_id).scalar_subquery()
    query = select(pages.label("page_count"), DecisionOriginal.size)
    row = (await session.execute(query.where(DecisionOriginal.decision_id == decision_id))).one_or_none()
    return row._asdict() if row is not None else None


async def last_updated(session: Session) -> datetime | None:
    """When a decision was last changed."""
    latest: datetime | None = await session.scalar(select(func.max(Decision.updated_at)))
    return latest


async def numbers_like(session: Session, begun: Typed, limit: int) -> Sequence[Row[UUID, str, str]]:
    """Decisions whose numbers begin as what has been typed, however their courts are written."""
    lowered = func.lower(Decision.case_number)
    conditions: list[ColumnElement[bool]] = [lowered.like(pattern) for pattern in begun.numbers]
    if begun.number is not None:
        parts = take_apart(begun.number)
        place = f"{parts.kind} {parts.code}".lower()
        begun_court = func.lower(Decision.court).startswith(place, autoescape=True)
        conditions += [
            number_condition(begun.number),
            and_(number_of_any_court(begun.number), begun_court),
        ]
    if not conditions:
        return []
    query = (
        select(Decision.id, Decision.case_number, Decision.court)
        .where(or_(*conditions), Decision.duplicate_of.is_(None))
        .order_by(func.length(Decision.case_number), Decision.case_number, Decision.court, Decision.id)
    )
    return (await session.execute(query.limit(limit))).all()
