"""Queries for users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from fondasi.identity.accounts.schemas import UserRead
from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus, is_account
from fondasi.kit.db import json_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.identity.identifiers import Identifier
    from fondasi.kit.db import Session


# Made once, and without the mapper: the list is the longest answer that is read often.
_user = User.__table__.c
_LISTED = select(*(_user[name] for name in UserRead.model_fields))
_COUNT = select(func.count()).select_from(User.__table__)


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


async def list_users(
    session: Session,
    *,
    filters: dict[str, Any],
    search: str | None,
    offset: int,
    limit: int,
    order: list[Any],
) -> tuple[str, int]:
    """A page of accounts as JSON with the fields of `UserRead`, and how many fit.

    Deleted ones only when `filters` ask for that status.
    """
    conditions: list[ColumnElement[bool]] = [
        _user[name] == value for name, value in filters.items() if value is not None
    ]
    if filters.get("status") != UserStatus.DELETED:
        conditions.append(_user.deleted_at.is_(None))
    if search:
        conditions.append(
            or_(
                _user.username.istartswith(search, autoescape=True),
                _user.name.icontains(search, autoescape=True),
                _user.email == search.lower(),
            )
        )
    query = _LISTED.where(*conditions).order_by(*order, _user.id).offset(offset).limit(limit)
    return await json_page(session, query, _COUNT.where(*conditions).scalar_subquery())


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
