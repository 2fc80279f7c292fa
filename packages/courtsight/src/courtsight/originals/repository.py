"""Queries of the PDFs of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from courtsight.decisions.models import Decision, DecisionOriginal, DecisionPage, DecisionSection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session

SEPARATOR = len("\n\n")  # between sections in `DecisionDraft.full_text`


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """A section, and where it begins in the full text, in characters."""

    text: str
    start: int

    @property
    def length(self) -> int:
        """Characters."""
        return len(self.text)


async def get_original(session: Session, decision_id: UUID) -> tuple[str, DecisionOriginal | None] | None:
    """The number of a decision and its PDF, if one was kept; None where there is no such decision."""
    query = select(Decision.case_number, DecisionOriginal).outerjoin(
        DecisionOriginal, DecisionOriginal.decision_id == Decision.id
    )
    row = (await session.execute(query.where(Decision.id == decision_id))).one_or_none()
    return None if row is None else (row[0], row[1])


def pages_of(decision_id: UUID) -> list[ColumnElement[bool]]:
    """What holds for the pages of a decision."""
    return [DecisionPage.decision_id == decision_id]


async def section_place(session: Session, decision_id: UUID, name: str) -> SectionPlace | None:
    """A section of a decision, if it has one of that name; the first of them."""
    query = select(DecisionSection.position, DecisionSection.text).where(
        DecisionSection.decision_id == decision_id, DecisionSection.name == name
    )
    found = (await session.execute(query.order_by(DecisionSection.position).limit(1))).one_or_none()
    if found is None:
        return None
    before = select(func.sum(func.length(DecisionSection.text) + SEPARATOR)).where(
        DecisionSection.decision_id == decision_id, DecisionSection.position < found.position
    )
    return SectionPlace(found.text, int(await session.scalar(before) or 0))


async def pages_between(
    session: Session, decision_id: UUID, begin: int, stop: int, *, limit: int
) -> Sequence[DecisionPage]:
    """The pages that have lines of the full text between two characters of it, in order."""
    lines = DecisionPage.lines
    last_end = lines[func.cardinality(lines) - 4]
    query = select(DecisionPage).where(
        DecisionPage.decision_id == decision_id, lines[1] < stop, last_end > begin
    )
    return (await session.scalars(query.order_by(DecisionPage.number).limit(limit))).all()
