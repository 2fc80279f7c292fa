"""Who changed a row last, and what: what the trail tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from fondasi.kit.audit.models import ActivityRecord

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session, Versioned

EDITED = "edited"  # in the metadata of entries
MOST_ROWS, MOST_FIELDS = 10, 50
# The entry of a change is written after it, in the same transaction.
BEFORE, AFTER = timedelta(seconds=1), timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Edit:
    """The last change of a row.

    Attributes:
        user_id: who made it.
        fields: what it changed.
    """

    user_id: UUID | None
    fields: list[str]


async def last_edit(session: Session, row: Versioned) -> Edit | None:
    """The last change of a row, as far as the session sees the trail; None where there is no entry of it."""
    fields = ActivityRecord.details[EDITED][str(row.id)]
    query = (
        select(ActivityRecord.user_id, fields)
        .where(
            ActivityRecord.created_at.between(row.updated_at - BEFORE, row.updated_at + AFTER),
            ActivityRecord.details[EDITED].has_key(str(row.id)),
        )
        .order_by(ActivityRecord.created_at.desc())
        .limit(1)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else Edit(*found)


def told(edits: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the metadata of an entry tells of the rows that its unit of work has changed."""
    return {row: sorted(set(fields))[:MOST_FIELDS] for row, fields in list(edits.items())[:MOST_ROWS]}
