"""Queries for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, update

from fondasi.kit import clock
from fondasi.messages.models import MessageRecord, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from fondasi.kit.db import Session

UNSENT = (MessageStatus.QUEUED, MessageStatus.FAILED)


async def message_by_id(session: Session, message_id: UUID) -> MessageRecord | None:
    """A message."""
    return await session.get(MessageRecord, message_id)


async def outbox(session: Session, *, limit: int) -> Sequence[MessageRecord]:
    """The newest messages of the outbox, oldest of them first."""
    query = select(MessageRecord).where(MessageRecord.status == MessageStatus.OUTBOX)
    newest = await session.scalars(query.order_by(MessageRecord.id.desc()).limit(limit))
    return newest.all()[::-1]


async def note_failed(session: Session, message_id: UUID) -> None:
    """Say that a message was given up. Its text stays until it is deleted or expires, for the job may be run again."""
    query = update(MessageRecord).where(
        MessageRecord.id == message_id, MessageRecord.status == MessageStatus.QUEUED
    )
    await session.execute(query.values(status=MessageStatus.FAILED))


async def wipe_expired(session: Session) -> int:
    """Wipe the text of messages that nobody may read any more; how many there were."""
    rows = await session.scalars(
        update(MessageRecord)
        .where(
            MessageRecord.status.in_(UNSENT),
            MessageRecord.sealed.is_not(None),
            MessageRecord.expires_at < clock.now(),
        )
        .values(status=MessageStatus.EXPIRED, sealed=None)
        .returning(MessageRecord.id)
    )
    return len(rows.all())


async def delete_old(session: Session, *, older_than: timedelta, limit: int) -> int:
    """Delete messages that are done with, at most `limit`; how many there were."""
    old = (
        select(MessageRecord.id)
        .where(MessageRecord.created_at < func.now() - older_than)
        .where(
            or_(
                MessageRecord.status != MessageStatus.QUEUED,
                MessageRecord.updated_at < func.now() - older_than,
            )
        )
        .limit(limit)
    )
    rows = await session.scalars(
        delete(MessageRecord).where(MessageRecord.id.in_(old.scalar_subquery())).returning(MessageRecord.id)
    )
    return len(rows.all())


async def count_since(session: Session, recipient: str, template: str, moment: datetime) -> int:
    """How many messages of a kind were written to somebody since a moment."""
    query = select(func.count()).where(
        MessageRecord.created_at >= moment,
        MessageRecord.recipient == recipient,
        MessageRecord.template == template,
    )
    return await session.scalar(query) or 0
