"""Queries for links to providers, and for sign-ins that are under way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text

from fondasi.identity.federation.models import AuthorizationRequest
from fondasi.identity.models import LinkedIdentity, User
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from uuid import UUID

    from fondasi.kit.db import Session


async def take_request(
    session: Session, provider: str, state_hash: bytes, browser_hash: bytes
) -> AuthorizationRequest | None:
    """The request behind a state, of that provider and browser. It is used up: of any number of callers one gets it."""
    query = (
        delete(AuthorizationRequest)
        .where(
            AuthorizationRequest.state_hash == state_hash,
            AuthorizationRequest.browser_hash == browser_hash,
            AuthorizationRequest.provider == provider,
            AuthorizationRequest.expires_at > clock.now(),
        )
        .returning(AuthorizationRequest)
    )
    return (await session.scalars(query)).first()


async def delete_expired(session: Session, *, older_than: timedelta) -> int:
    """Delete requests that expired longer ago; how many there were."""
    rows = await session.scalars(
        delete(AuthorizationRequest)
        .where(AuthorizationRequest.expires_at < clock.now() - older_than)
        .returning(AuthorizationRequest.id)
    )
    return len(rows.all())


async def take_turns(session: Session, issuer: str, subject: str) -> None:
    """Let sign-ins of the same person wait for each other until the transaction ends."""
    key = f"linked identity {issuer} {subject}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def link_of(session: Session, issuer: str, subject: str) -> LinkedIdentity | None:
    """The link of a person at a provider."""
    query = select(LinkedIdentity).where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
    return (await session.scalars(query)).first()


async def links_of(
    session: Session, user_id: UUID, *, offset: int = 0, limit: int | None = None
) -> tuple[Sequence[LinkedIdentity], int]:
    """A page of the links of an account, the oldest first, and how many there are."""
    whose = LinkedIdentity.user_id == user_id
    query = select(LinkedIdentity).where(whose).order_by(LinkedIdentity.id).offset(offset).limit(limit)
    rows = (await session.scalars(query)).all()
    total = await session.scalar(select(func.count()).select_from(LinkedIdentity).where(whose))
    return rows, total or 0


async def is_alive(session: Session, session_id: UUID, user_id: UUID) -> bool:
    """Whether a session of an account has not ended."""
    query = select(UserSession.id).where(
        UserSession.id == session_id,
        UserSession.user_id == user_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > clock.now(),
    )
    return await session.scalar(query) is not None


async def is_username_taken(session: Session, username: str) -> bool:
    """Whether an account has that user name."""
    return await session.scalar(select(User.id).where(User.username == username)) is not None
