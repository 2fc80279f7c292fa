"""Counts of the corpus that are kept, not counted: how many decisions have a value, how many sections there are.

Triggers add what each statement changes to `decision_tally`, rows of their own, so that imports that run beside each
other wait for nobody. What holds is the sum; `fold` makes one row of many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, func, or_, select

from courtsight.decisions.models import Decision, DecisionTally

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from courtsight.decisions.suggestions import Typed
    from fondasi.kit.db import Session

TOTAL = "total"  # the facet whose values are names of tables
FOLDED = """
WITH gone AS (DELETE FROM decision_tally RETURNING facet, value, count)
INSERT INTO decision_tally (facet, value, count)
SELECT facet, value, sum(count) FROM gone GROUP BY facet, value HAVING sum(count) <> 0
"""


async def fold(connection: asyncpg.Connection) -> None:
    """Put the rows of each value together."""
    await connection.execute(FOLDED)


async def most_frequent(
    session: Session, facets: Sequence[str], limit: int, offset: int = 0
) -> dict[str, list[tuple[str, int]]]:
    """The values of each facet in the whole corpus, those of most decisions first."""
    number = func.sum(DecisionTally.count)
    place = func.row_number().over(
        partition_by=DecisionTally.facet, order_by=(number.desc(), DecisionTally.value)
    )
    counted = (
        select(DecisionTally.facet, DecisionTally.value, number.label("number"), place.label("place"))
        .where(DecisionTally.facet.in_(facets))
        .group_by(DecisionTally.facet, DecisionTally.value)
        .having(number > 0)
        .subquery()
    )
    wanted = select(counted).where(counted.c.place > offset, counted.c.place <= offset + limit)
    found: dict[str, list[tuple[str, int]]] = {facet: [] for facet in facets}
    for facet, value, count, _ in await session.execute(wanted.order_by(counted.c.facet, counted.c.place)):
        found[facet].append((value, int(count)))
    return found


async def completions(session: Session, begun: Typed, limit: int) -> dict[str, list[str]]:
    """Articles, areas of law and courts that what has been typed may become, those of most decisions first.

    Articles are those that verdicts apply. A court that is called so by a code or another name comes before others.
    """
    value, number = DecisionTally.value, func.sum(DecisionTally.count)
    article = func.split_part(value, ":", 2)
    called = and_(DecisionTally.facet == "court", value.in_(begun.courts))
    ways = (
        and_(
            DecisionTally.facet == "article",
            article != "",
            or_(
                func.lower(func.translate(value, " :", "")).startswith(begun.article, autoescape=True),
                func.lower(article).startswith(begun.article, autoescape=True),
            ),
        ),
        and_(DecisionTally.facet == "legal_area", func.lower(value).contains(begun.text, autoescape=True)),
        and_(DecisionTally.facet == "court", func.lower(value).contains(begun.court, autoescape=True)),
        called,
    )
    order = (func.bool_or(called).desc(), number.desc(), value)
    place = func.row_number().over(partition_by=DecisionTally.facet, order_by=order)
    counted = (
        select(DecisionTally.facet, value, place.label("place"))
        .where(or_(*ways))
        .group_by(DecisionTally.facet, value)
        .having(number > 0)
        .subquery()
    )
    found: dict[str, list[str]] = {"article": [], "legal_area": [], "court": []}
    wanted = select(counted.c.facet, counted.c.value).where(counted.c.place <= limit)
    for facet, text in await session.execute(wanted.order_by(counted.c.facet, counted.c.place)):
        found[facet].append(text)
    return found


async def how_many_values(session: Session, facet: str) -> int:
    """How many values of a facet the corpus has."""
    number = func.sum(DecisionTally.count)
    values = select(DecisionTally.value).where(DecisionTally.facet == facet)
    rows = values.group_by(DecisionTally.value).having(number > 0).subquery()
    return await session.scalar(select(func.count()).select_from(rows)) or 0


async def totals(session: Session) -> dict[str, int]:
    """How many rows there are of each table that is counted, and of fictitious decisions."""
    query = select(DecisionTally.value, func.sum(DecisionTally.count)).where(DecisionTally.facet == TOTAL)
    return {name: int(count) for name, count in await session.execute(query.group_by(DecisionTally.value))}


def one_of_values(facet: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Decisions that have a value of the facet that meets a condition on `DecisionTally.value`.

    The values are few and found first, so that the index of the column finds the decisions.
    """
    values = select(DecisionTally.value).where(DecisionTally.facet == facet, condition).distinct()
    column: Any = getattr(Decision, facet)
    return column == any_(func.array(values.scalar_subquery(), type_=ARRAY(Text)))  # type: ignore[no-any-return]
