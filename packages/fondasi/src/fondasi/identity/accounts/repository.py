"""Queries for users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from fondasi.identity.models import User

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session


async def user_by_identifier(session: Session, identifier: str) -> User | None:
    """The account with that user name or e-mail address."""
    wanted = identifier.strip().lower()
    query = select(User).where(or_(User.username == wanted, User.email == wanted), User.deleted_at.is_(None))
    return (await session.scalars(query)).first()


async def user_by_id(session: Session, user_id: UUID) -> User | None:
    """The account with that id, unless it is deleted."""
    return (await session.scalars(select(User).where(User.id == user_id, User.deleted_at.is_(None)))).first()
