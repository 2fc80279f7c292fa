"""Queries for the lexicon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from courtsight.lexicon.models import LexiconEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.kit.db import Session


async def entries_of(session: Session, phrases: Sequence[str]) -> Sequence[LexiconEntry]:
    """The entries that one of the phrases finds: by their term, or by an alternative where it holds both ways."""
    wanted = literal(list(phrases), ARRAY(Text))
    other_way = and_(LexiconEntry.both_ways, LexiconEntry.alternatives.overlap(wanted))
    query = select(LexiconEntry).where(or_(LexiconEntry.term == wanted.any_(), other_way))
    return (await session.scalars(query.order_by(LexiconEntry.term, LexiconEntry.kind))).all()
