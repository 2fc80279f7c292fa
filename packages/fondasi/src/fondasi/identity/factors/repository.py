"""Queries for second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from fondasi.identity.factors.models import RecoveryCode, SecondFactor
from fondasi.identity.models import User
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from fondasi.kit.db import Session


async def user_by_id(session: Session, user_id: UUID, *, locked: bool = False) -> User | None:
    """The account with that id, unless it is deleted; locked, others who want to change it wait."""
    query = select(User).where(User.id == user_id, User.deleted_at.is_(None))
    return (await session.scalars(query.with_for_update() if locked else query)).first()


async def write_factor(session: Session, user_id: UUID, sealed: bytes) -> None:
    """Keep a new secret for an account, in place of one that was never confirmed."""
    values = {"sealed": sealed, "last_step": None, "created_at": clock.now()}
    new = insert(SecondFactor).values(user_id=user_id, **values)
    await session.execute(new.on_conflict_do_update(index_elements=[SecondFactor.user_id], set_=values))


async def sealed_secret(session: Session, user_id: UUID) -> bytes | None:
    """The secret of an account, as it is kept."""
    sealed: bytes | None = await session.scalar(
        select(SecondFactor.sealed).where(SecondFactor.user_id == user_id)
    )
    return sealed


async def use_step(session: Session, user_id: UUID, step: int) -> bool:
    """Use up a time step and all before it, in one statement: of several callers with the same code one succeeds."""
    used = (
        update(SecondFactor)
        .where(
            SecondFactor.user_id == user_id,
            or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step),
        )
        .values(last_step=step)
        .returning(SecondFactor.user_id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(used) is not None


async def write_recovery_codes(session: Session, user_id: UUID, hashes: Iterable[bytes]) -> None:
    """Replace the recovery codes of an account."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": digest, "used_at": None} for digest in hashes]
    await session.execute(insert(RecoveryCode), rows)


async def use_recovery_code(session: Session, user_id: UUID, code_hash: bytes) -> bool:
    """Use up a recovery code, in one statement; whether it was one and had not been used."""
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.user_id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(used) is not None


async def recovery_codes_left(session: Session, user_id: UUID) -> int:
    """How many recovery codes an account has that were not used."""
    query = select(func.count()).select_from(RecoveryCode)
    left = await session.scalar(query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)))
    return left or 0


async def delete_factor(session: Session, user_id: UUID) -> None:
    """Remove the second factor of an account and its recovery codes."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    await session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
