"""Queries for one-time passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, text, update

from fondasi.identity.codes.models import OneTimePassword, Purpose
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session


async def take_turns(session: Session, user_id: UUID | None, target: str) -> None:
    """Let requests for the same account or contact wait for each other until the transaction ends."""
    # Always in this order: nobody waits for one who waits for them.
    keys = [f"codes of {user_id or target}", f"codes to {target}"]
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key"
    await session.execute(text(lock), {"keys": keys})


async def take_turn_of(session: Session, request_id: UUID) -> None:
    """Let uses of codes of the same account or contact wait for each other: each may void the others' codes."""
    lock = """
        SELECT pg_advisory_xact_lock(hashtextextended('codes of ' || coalesce(CAST(user_id AS text), target), 0))
        FROM one_time_password WHERE id = :request
    """
    await session.execute(text(lock), {"request": request_id})


async def last_asked(session: Session, identifier: str, purpose: str, asked_by: bytes) -> datetime | None:
    """When somebody last asked for a code; a moment that lies ahead is one of a clock that was wrong."""
    query = select(func.max(OneTimePassword.created_at)).where(
        OneTimePassword.identifier == identifier,
        OneTimePassword.purpose == purpose,
        OneTimePassword.asked_by == asked_by,
        OneTimePassword.created_at <= clock.now(),
    )
    found: datetime | None = await session.scalar(query)
    return found


async def count_sent(
    session: Session, user_id: UUID | None, target: str, *, known: bool, since: Sequence[datetime]
) -> Sequence[int]:
    """How many codes an account or a contact was sent since each of those moments, without those that requests share.

    Args:
        session: where to look.
        user_id: the account, if there is one.
        target: the contact.
        known: at the request of places that the account knows, or else of strangers.
        since: the moments.
    """
    counts = [func.count().filter(OneTimePassword.created_at > moment) for moment in since]
    query = select(*counts).where(
        _whose(user_id, target),
        OneTimePassword.created_at.between(min(since), clock.now()),
        OneTimePassword.from_known_place == known,
        OneTimePassword.was_sent,
        OneTimePassword.shared_id.is_(None),
    )
    return list((await session.execute(query)).one())


async def was_just_sent(
    session: Session, user_id: UUID | None, target: str, *, asked_by: bytes, since: datetime
) -> bool:
    """Whether somebody has had an account or a contact sent a code since a moment."""
    query = select(OneTimePassword.id).where(
        _whose(user_id, target),
        OneTimePassword.created_at.between(since, clock.now()),
        OneTimePassword.asked_by == asked_by,
        OneTimePassword.was_sent,
    )
    return bool(await session.scalar(select(query.exists())))


async def shared_code(session: Session, purpose: str, target: str, since: datetime) -> UUID | None:
    """The request whose code later ones for the same purpose and contact take, made since a moment and not used."""
    query = select(OneTimePassword.id).where(
        OneTimePassword.target == target,
        OneTimePassword.purpose == purpose,
        OneTimePassword.shared_id == OneTimePassword.id,
        OneTimePassword.created_at.between(since, clock.now()),
        OneTimePassword.used_at.is_(None),
    )
    return (await session.scalars(query.order_by(OneTimePassword.created_at.desc()))).first()


async def use_shared_code(session: Session, shared_id: UUID, since: datetime) -> bool:
    """Use up a code that several requests share; of several callers at once, one."""
    query = (
        update(OneTimePassword)
        .where(
            OneTimePassword.id == shared_id,
            OneTimePassword.shared_id == shared_id,
            OneTimePassword.created_at > since,
            OneTimePassword.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(OneTimePassword.id)
    )
    return (await session.scalars(query)).first() is not None


def _whose(user_id: UUID | None, target: str) -> ColumnElement[bool]:
    whose = OneTimePassword.target == target
    return whose if user_id is None else or_(whose, OneTimePassword.user_id == user_id)


async def take_try(
    session: Session, request_id: UUID, identifier: str, purposes: Sequence[str], tries: int
) -> OneTimePassword | None:
    """Count a try and lock the row, if it is good for that; None otherwise."""
    query = (
        update(OneTimePassword)
        .where(
            OneTimePassword.id == request_id,
            OneTimePassword.identifier == identifier,
            OneTimePassword.purpose.in_(purposes),
            OneTimePassword.used_at.is_(None),
            OneTimePassword.expires_at > clock.now(),
            OneTimePassword.tries < tries,
        )
        .values(tries=OneTimePassword.tries + 1)
        .returning(OneTimePassword)
    )
    return (await session.scalars(query)).first()


async def invited_since(session: Session, email: str, moment: datetime) -> Sequence[datetime]:
    """When an address was invited to sign up since a moment, the last time first."""
    query = select(OneTimePassword.created_at).where(
        OneTimePassword.target == email,
        OneTimePassword.purpose == Purpose.INVITATION,
        OneTimePassword.created_at.between(moment, clock.now()),
    )
    return (await session.scalars(query.order_by(OneTimePassword.created_at.desc()))).all()


async def use_invitation(session: Session, email: str) -> bool:
    """Use up the open invitations of an address; whether there was one."""
    rows = await session.scalars(
        update(OneTimePassword)
        .where(
            OneTimePassword.identifier == email,
            OneTimePassword.purpose == Purpose.INVITATION,
            OneTimePassword.used_at.is_(None),
            OneTimePassword.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(OneTimePassword.id)
    )
    return bool(rows.all())


async def void_codes_of(session: Session, user_id: UUID) -> None:
    """Void every open code of an account."""
    await session.execute(
        update(OneTimePassword)
        .where(OneTimePassword.user_id == user_id, OneTimePassword.used_at.is_(None))
        .values(used_at=clock.now())
    )


async def delete_old(session: Session, *, older_than: timedelta) -> int:
    """Delete the codes that expired longer ago; how many there were."""
    rows = await session.scalars(
        delete(OneTimePassword)
        .where(OneTimePassword.expires_at < clock.now() - older_than)
        .returning(OneTimePassword.id)
    )
    return len(rows.all())
