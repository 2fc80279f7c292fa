"""Queries for users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus, is_account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.identity.identifiers import Identifier
    from fondasi.kit.db import Session


async def user_by_identifier(session: Session, identifier: str) -> User | None:
    """The account with that user name, e-mail address or phone number."""
    return await user_by(session, identify(identifier))


async def user_by(session: Session, identifier: Identifier) -> User | None:
    """The account with that identifier, unless it is deleted."""
    query = select(User).where(identifier.condition, User.deleted_at.is_(None))
    return (await session.scalars(query)).first()


async def is_taken(session: Session, identifier: Identifier) -> bool:
    """Whether an account has it; a deleted account keeps what it had until it is anonymised."""
    return bool(await session.scalar(select(select(User.id).where(identifier.condition).exists())))


async def user_by_id(session: Session, user_id: UUID) -> User | None:
    """The account with that id, unless it is deleted."""
    return (await session.scalars(select(User).where(User.id == user_id, User.deleted_at.is_(None)))).first()


async def user_by_name_or_id(
    session: Session, name: str, *, deleted: bool = False, locked: bool = False
) -> User | None:
    """The account with that user name, or with that id.

    Args:
        session: where to look.
        name: user name or id.
        deleted: find a deleted one too.
        locked: let others who want to change it wait.
    """
    query = select(User).where(is_account(name))
    if not deleted:
        query = query.where(User.deleted_at.is_(None))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).first()


def search_users(words: str) -> ColumnElement[bool]:
    """Accounts whose user name begins with it, whose name has it in it, or whose e-mail address it is."""
    user = User.__table__.c
    return or_(
        user.username.istartswith(words, autoescape=True),
        user.name.icontains(words, autoescape=True),
        user.email == words.lower(),
    )


async def newest_users(
    session: Session, status: UserStatus | None, search: str | None, *, most: int
) -> Sequence[User]:
    """The newest accounts; deleted ones only where that status is asked for."""
    query = select(User).order_by(User.created_at.desc(), User.id).limit(most)
    query = query.where(User.deleted_at.is_(None) if status is None else User.status == status)
    return (await session.scalars(query.where(search_users(search)) if search else query)).all()


async def other_administrators(session: Session, user_id: UUID) -> int:
    """How many other active administrators there are; they stay so until the transaction ends."""
    query = select(User.id).where(
        User.is_superuser, User.status == UserStatus.ACTIVE, User.deleted_at.is_(None)
    )
    found = (await session.scalars(query.order_by(User.id).with_for_update())).all()
    return sum(other != user_id for other in found)


async def to_anonymise(session: Session, deleted_before: datetime, *, limit: int) -> Sequence[User]:
    """Accounts deleted before that moment that still hold personal data."""
    query = select(User).where(User.deleted_at < deleted_before, User.anonymised_at.is_(None)).limit(limit)
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()
