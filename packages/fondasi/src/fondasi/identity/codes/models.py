"""Table: one-time passwords."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity


class Purpose(StrEnum):
    """What a code is good for, and nothing else."""

    LOGIN = "login"
    SIGNUP = "signup"
    INVITATION = "invitation"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose
    VERIFY_CONTACT = "verify_contact"
    CHANGE_EMAIL = "change_email"
    CHANGE_PHONE = "change_phone"


class OneTimePassword(Entity):
    """A code that was asked for. The same row stands for an identity that nobody has; its code fits nothing.

    `identifier` is what the request named, `target` the contact that the code went to, `asked_by` a keyed hash of who
    asked. A request beyond the cap takes the code of another one, `shared_id`, or made one for others, its own.
    """

    __tablename__ = "one_time_password"
    __table_args__ = (
        Index("ix_one_time_password_identifier", "identifier", "purpose", "created_at"),
        Index("ix_one_time_password_target", "target", "created_at"),
        Index("ix_one_time_password_created_at", "created_at"),
    )

    purpose: Mapped[str]
    identifier: Mapped[str]
    target: Mapped[str]
    channel: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    asked_by: Mapped[bytes]
    from_known_place: Mapped[bool] = mapped_column(default=False)
    was_sent: Mapped[bool] = mapped_column(default=False)
    shared_id: Mapped[UUID | None]
