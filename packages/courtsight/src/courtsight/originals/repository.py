"""Queries of the PDFs of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from courtsight.decisions.models import Decision, DecisionOriginal

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session


async def get_original(session: Session, decision_id: UUID) -> tuple[str, DecisionOriginal | None] | None:
    """The number of a decision and its PDF, if one was kept; None where there is no such decision."""
    query = select(Decision.case_number, DecisionOriginal).outerjoin(
        DecisionOriginal, DecisionOriginal.decision_id == Decision.id
    )
    row = (await session.execute(query.where(Decision.id == decision_id))).one_or_none()
    return None if row is None else (row[0], row[1])
