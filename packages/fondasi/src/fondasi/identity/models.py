"""The table of users, which all parts of identity read."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, SoftDelete


class UserStatus(StrEnum):
    """Whether an account may sign in: only an active one may."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class User(Entity, SoftDelete):
    """An account. `username` and `email` are stored in lower case."""

    __tablename__ = "user"

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=UserStatus.ACTIVE)
    is_superuser: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en")
    tier_id: Mapped[UUID | None] = mapped_column(ForeignKey("tier.id", ondelete="RESTRICT"), index=True)
    last_sign_in_at: Mapped[datetime | None]
