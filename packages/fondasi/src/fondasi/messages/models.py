"""Tables: messages on their way out, in `local` the outbox; and how often they were asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base, Entity


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class MessageStatus(StrEnum):
    """Where a message is: waiting for its job, sent, given up, too late, or kept in the outbox of `local`."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    OUTBOX = "outbox"


class MessageRecord(Entity):
    """A message. Its text is sealed, and wiped once it was sent: it may hold a code."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_created_at", "created_at"),
        Index("ix_message_outbox", "created_at", postgresql_where=text("status = 'outbox'")),
    )

    channel: Mapped[str]
    recipient: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    status: Mapped[str]
    sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class MessageCap(Base):
    """How often something was asked for since a moment."""

    __tablename__ = "message_cap"

    key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(index=True)
