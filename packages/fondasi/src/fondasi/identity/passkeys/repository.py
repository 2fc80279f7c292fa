"""Queries for passkeys and their challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from fondasi.identity.models import Passkey
from fondasi.identity.passkeys.models import PasskeyChallenge
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any
    from uuid import UUID

    from fondasi.identity.passkeys.models import Purpose
    from fondasi.kit.db import Session

SWEPT = 20  # expired challenges that go with each new one


async def passkeys_of(
    session: Session, user_id: UUID, *, offset: int = 0, limit: int | None = None
) -> tuple[Sequence[Passkey], int]:
    """A page of the passkeys of an account, the oldest first, and how many there are."""
    whose = Passkey.user_id == user_id
    query = select(Passkey).where(whose).order_by(Passkey.id).offset(offset).limit(limit)
    rows = (await session.scalars(query)).all()
    total = await session.scalar(select(func.count()).select_from(Passkey).where(whose))
    return rows, total or 0


async def own_passkey(session: Session, user_id: UUID, passkey_id: UUID) -> Passkey | None:
    """A passkey of an account, locked."""
    query = select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    return (await session.scalars(query.with_for_update())).first()


async def passkey_by_credential(
    session: Session, credential_id: bytes, rp_id: str, *, locked: bool = False
) -> Passkey | None:
    """The passkey that an authenticator means, of that domain; locked, its uses take turns."""
    query = select(Passkey).where(Passkey.credential_id == credential_id, Passkey.rp_id == rp_id)
    return (await session.scalars(query.with_for_update() if locked else query)).first()


async def add_passkey(session: Session, **values: Any) -> Passkey | None:
    """A new passkey; None if there is one with that credential, whosever it is."""
    new = insert(Passkey).values(**values).on_conflict_do_nothing(index_elements=[Passkey.credential_id])
    return (await session.scalars(new.returning(Passkey))).first()


async def delete_passkeys_of(session: Session, user_id: UUID) -> int:
    """Delete all passkeys of an account; how many there were."""
    gone = await session.scalars(delete(Passkey).where(Passkey.user_id == user_id).returning(Passkey.id))
    return len(gone.all())


async def take_challenge(
    session: Session, challenge_hash: bytes, purpose: Purpose, user_id: UUID | None, session_id: UUID | None
) -> bool:
    """Use up a challenge that this account or session may answer; of any number of callers one succeeds."""
    query = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge_hash == challenge_hash,
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.user_id.is_not_distinct_from(user_id),
        PasskeyChallenge.session_id.is_not_distinct_from(session_id),
        PasskeyChallenge.expires_at > clock.now(),
    )
    return await session.scalar(query.returning(PasskeyChallenge.id)) is not None


async def sweep_challenges(session: Session, *, limit: int) -> int:
    """Delete challenges that have expired, so that strangers who ask for many fill no table; how many."""
    expired = select(PasskeyChallenge.id).where(PasskeyChallenge.expires_at < clock.now()).limit(limit)
    gone = await session.scalars(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.id.in_(expired.with_for_update(skip_locked=True)))
        .returning(PasskeyChallenge.id)
    )
    return len(gone.all())
