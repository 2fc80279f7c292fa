"""Queries for users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from fondasi.identity.identifiers import identify
from fondasi.identity.models import LinkedIdentity, User, UserStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

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
    try:
        condition: ColumnElement[bool] = User.id == UUID(name)
    except ValueError:
        condition = User.username == name.strip().lower()
    query = select(User).where(condition)
    if not deleted:
        query = query.where(User.deleted_at.is_(None))
    return (await session.scalars(query.with_for_update() if locked else query)).first()


async def list_users(
    session: Session,
    *,
    filters: dict[str, Any],
    search: str | None,
    offset: int,
    limit: int,
    order: list[Any],
) -> tuple[Sequence[User], int]:
    """A page of accounts, and how many fit. Deleted ones only when `filters` ask for that status."""
    conditions: list[ColumnElement[bool]] = [
        getattr(User, name) == value for name, value in filters.items() if value is not None
    ]
    if filters.get("status") != UserStatus.DELETED:
        conditions.append(User.deleted_at.is_(None))
    if search:
        conditions.append(
            or_(
                User.username.istartswith(search, autoescape=True),
                User.name.icontains(search, autoescape=True),
                User.email == search.lower(),
            )
        )
    query = select(User).where(*conditions).order_by(*order, User.id).offset(offset).limit(limit)
    rows = await session.scalars(query)
    total = await session.scalar(select(func.count()).select_from(User).where(*conditions))
    return rows.all(), total or 0


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


async def delete_links_of(session: Session, user_id: UUID) -> None:
    """Remove who the owner of an account is at providers."""
    await session.execute(delete(LinkedIdentity).where(LinkedIdentity.user_id == user_id))
