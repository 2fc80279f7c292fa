"""Queries for sessions, their refresh tokens, and the accounts that they belong to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, Row, case, delete, func, select, update

from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions.models import (
    KnownPlace,
    RefreshToken,
    SignInChallenge,
    SignInFailure,
    SigningKey,
    UserSession,
)
from fondasi.kit import clock
from fondasi.kit.http import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session


KNOWN_FOR = timedelta(days=180)  # since the last sign-in from there


async def user_by_identifier(session: Session, identifier: str) -> User | None:
    """The account with that user name, e-mail address or phone number."""
    query = select(User).where(identify(identifier).condition, User.deleted_at.is_(None))
    return (await session.scalars(query)).first()


async def user_for_sign_in(session: Session, user_id: UUID) -> User | None:
    """The account with that id, locked until the session is open: no password change or suspension comes between."""
    query = select(User).where(
        User.id == user_id, User.status == UserStatus.ACTIVE, User.deleted_at.is_(None)
    )
    return (await session.scalars(query.with_for_update())).first()


async def use_refresh_token(session: Session, token_hash: bytes) -> Row[UUID, UUID, UUID] | None:
    """Use up a refresh token, in one statement: of any number of callers at once, one gets its id, session and user."""
    now = clock.now()
    result = await session.execute(
        update(RefreshToken)
        .where(*_usable(token_hash, now))
        .values(used_at=now)
        .returning(RefreshToken.id, UserSession.id.label("session_id"), User.id.label("user_id"))
        .execution_options(synchronize_session=False)
    )
    return result.first()


async def unused_refresh_token(session: Session, token_hash: bytes) -> Row[datetime, UUID, UUID] | None:
    """End, session and user of a refresh token that could be used now."""
    query = select(
        RefreshToken.expires_at, UserSession.id.label("session_id"), User.id.label("user_id")
    ).where(*_usable(token_hash, clock.now()))
    return (await session.execute(query)).first()


async def refresh_token(session: Session, token_hash: bytes) -> Row[UUID, UUID, datetime | None, UUID] | None:
    """Id, session, time of use and user of a refresh token, used and expired ones too."""
    query = select(RefreshToken.id, RefreshToken.session_id, RefreshToken.used_at, UserSession.user_id)
    query = query.join(UserSession, UserSession.id == RefreshToken.session_id)
    return (await session.execute(query.where(RefreshToken.token_hash == token_hash))).first()


async def alive_sessions(
    session: Session, user_id: UUID, *, offset: int, limit: int
) -> tuple[Sequence[UserSession], int]:
    """A page of the sessions of an account that have not ended, the last used first, and how many there are."""
    alive = (
        UserSession.user_id == user_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > clock.now(),
    )
    query = select(UserSession).where(*alive).order_by(UserSession.last_used_at.desc(), UserSession.id)
    rows = (await session.scalars(query.offset(offset).limit(limit))).all()
    total = await session.scalar(select(func.count()).select_from(UserSession).where(*alive))
    return rows, total or 0


async def revoke_session(session: Session, session_id: UUID, *, user_id: UUID | None = None) -> bool:
    """End a session, of one account if named; its tokens stop working with the next request.

    Returns:
        Whether there was one that had not ended.
    """
    query = update(UserSession).where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(UserSession.user_id == user_id, UserSession.expires_at > clock.now())
    return _count(await session.execute(query.values(revoked_at=clock.now()))) > 0


async def revoke_sessions_of(session: Session, user_id: UUID, *, except_id: UUID | None = None) -> None:
    """End all sessions of an account, or all but one; sign-ins that owe a second factor begin anew.

    No place is known any more: one of them may be somebody else's.
    """
    await session.execute(delete(SignInChallenge).where(SignInChallenge.user_id == user_id))
    await session.execute(delete(KnownPlace).where(KnownPlace.user_id == user_id))
    query = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if except_id is not None:
        query = query.where(UserSession.id != except_id)
    await session.execute(query.values(revoked_at=clock.now()))


async def check_open(session: Session, session_id: UUID | None) -> None:
    """Make sure that a session has not ended since its request was let in: its body may have come slowly.

    For what outlives sessions, such as keys: whoever ends them has locked the account, as the caller has here.

    Raises:
        Unauthenticated: it has ended, or there is none.
    """
    query = select(UserSession.id).where(
        UserSession.id == session_id, UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now()
    )
    if await session.scalar(query) is None:
        raise Unauthenticated


async def renew_proof(session: Session, session_id: UUID | None, method: str) -> datetime:
    """Note that the user of a session has proved now who they are; the moment.

    Raises:
        Unauthenticated: the session ended meanwhile, or there is none.
    """
    query = select(UserSession).where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
    opened = (await session.scalars(query.with_for_update())).first()
    if opened is None:
        raise Unauthenticated
    opened.authenticated_at = clock.now()
    opened.methods = [*dict.fromkeys([*opened.methods, method])]
    return opened.authenticated_at


async def touch_sessions(session: Session, session_ids: Collection[UUID]) -> None:
    """Note that sessions are used now; one that another process has noted in this minute stays as it is."""
    now = clock.now()
    await session.execute(
        update(UserSession)
        .where(UserSession.id.in_(session_ids), UserSession.last_used_at < now - timedelta(minutes=1))
        .values(last_used_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )


async def delete_ended(session: Session, *, before: datetime, limit: int) -> int:
    """Delete sessions that ended before a moment, with their refresh tokens; how many."""
    ended = case(
        (UserSession.revoked_at < UserSession.expires_at, UserSession.revoked_at),
        else_=UserSession.expires_at,
    )
    some = select(UserSession.id).where(ended < before).limit(limit)
    result = await session.execute(
        delete(UserSession).where(UserSession.id.in_(some)).execution_options(synchronize_session=False)
    )
    return _count(result)


async def delete_spent(session: Session, *, now: datetime, limit: int) -> int:
    """Delete refresh tokens, questions and keys that expired, failures of past days, forgotten places; how many."""
    some = select(RefreshToken.id).where(RefreshToken.expires_at < now).limit(limit)
    tokens = await session.execute(
        delete(RefreshToken).where(RefreshToken.id.in_(some)).execution_options(synchronize_session=False)
    )
    asked = await session.execute(delete(SignInChallenge).where(SignInChallenge.expires_at < now))
    keys = await session.execute(delete(SigningKey).where(SigningKey.expires_at < now))
    old = SignInFailure.updated_at < now - timedelta(days=2)
    failures = await session.execute(delete(SignInFailure).where(old))
    places = await session.execute(delete(KnownPlace).where(KnownPlace.seen_at < now - KNOWN_FOR))
    return sum(_count(result) for result in (tokens, asked, keys, failures, places))


def _usable(token_hash: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A refresh token that is unused, of a session and an account that are alive."""
    return (
        RefreshToken.token_hash == token_hash,
        RefreshToken.used_at.is_(None),
        RefreshToken.expires_at > now,
        UserSession.id == RefreshToken.session_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > now,
        User.id == UserSession.user_id,
        User.status == UserStatus.ACTIVE,
        User.deleted_at.is_(None),
    )


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
