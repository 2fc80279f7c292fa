"""Queries for sessions, and for the accounts that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, bindparam, or_, select, update

from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session

# Every authenticated request asks it: building it once saves about 100 us each time.
_ACTIVE_SESSION = (
    select(User.username, User.is_superuser, User.tier_id)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.id == bindparam("session_id"),
        User.id == bindparam("user_id"),
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        User.status == UserStatus.ACTIVE,
        User.deleted_at.is_(None),
    )
)


async def user_by_identifier(session: Session, identifier: str) -> User | None:
    """The account with that user name or e-mail address."""
    wanted = identifier.strip().lower()
    query = select(User).where(or_(User.username == wanted, User.email == wanted), User.deleted_at.is_(None))
    return (await session.scalars(query)).first()


async def user_by_id(session: Session, user_id: UUID) -> User | None:
    """The account with that id, unless it is deleted."""
    return (await session.scalars(select(User).where(User.id == user_id, User.deleted_at.is_(None)))).first()


async def active_session(
    session: Session, session_id: UUID, user_id: UUID
) -> Row[str, bool, UUID | None] | None:
    """User name, superuser flag and tier, if the session is alive and the account may be used."""
    bound = {"session_id": session_id, "user_id": user_id, "now": clock.now()}
    return (await session.execute(_ACTIVE_SESSION, bound)).first()


async def revoke_session(session: Session, session_id: UUID) -> None:
    """End a session; its tokens stop working with the next request."""
    await session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


async def revoke_sessions_of(session: Session, user_id: UUID) -> None:
    """End all sessions of an account."""
    await session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
