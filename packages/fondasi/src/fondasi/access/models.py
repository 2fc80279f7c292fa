"""Tables: groups, who is in them, what they hold, and direct grants.

Triggers (migration 0007) keep what must hold whoever writes: new users are in `user`, `user.is_superuser` says whether
the user is in `super_admin`, one usable super admin remains, and versions rise with every change.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit import clock
from fondasi.kit.db import Base, Entity, Versioned


class Group(Entity, Versioned):
    """Users who may do the same. Seeded ones stay."""

    __tablename__ = "group"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    seeded: Mapped[bool] = mapped_column(default=False)


class GroupPermission(Base):
    """A permission of a group; with `granted` false, one that a seeded group would hold by declaration but does not."""

    __tablename__ = "group_permission"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[bool] = mapped_column(default=True)


class UserGroup(Base):
    """A user is in a group."""

    __tablename__ = "user_group"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class UserPermission(Base):
    """A permission granted to a user directly."""

    __tablename__ = "user_permission"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class CustomPermission(Base):
    """A permission that the installation made for itself: no route asks for it, its own clients do."""

    __tablename__ = "custom_permission"

    code: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now())


class AccessState(Base):
    """One row: the version of all groups' permissions, and the lock under which access changes."""

    __tablename__ = "access_state"

    id: Mapped[bool] = mapped_column(primary_key=True, default=True)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
