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

    from fondasi.kit.db import Session


async def take_turns(session: Session, identifier: str, purpose: str) -> None:
    """Let requests for the same identifier and purpose wait for each other until the transaction ends."""
    key = f"one-time password {purpose} {identifier}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def last_asked(session: Session, identifier: str, purpose: str) -> datetime | None:
    """When a code was last asked for."""
    query = select(func.max(OneTimePassword.created_at))
    found: datetime | None = await session.scalar(
        query.where(OneTimePassword.identifier == identifier, OneTimePassword.purpose == purpose)
    )
    return found


async def count_since(
    session: Session, user_id: UUID | None, target: str, since: Sequence[datetime]
) -> Sequence[int]:
    """How many codes an account or a contact was sent since each of those moments."""
    whose = OneTimePassword.target == target
    if user_id is not None:
        whose = or_(whose, OneTimePassword.user_id == user_id)
    counts = [func.count().filter(OneTimePassword.created_at > moment) for moment in since]
    row = (await session.execute(select(*counts).where(whose, OneTimePassword.created_at > min(since)))).one()
    return list(row)


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
