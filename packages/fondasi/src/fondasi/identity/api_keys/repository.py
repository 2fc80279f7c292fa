"""Queries for API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, bindparam, case, delete, func, select, update

from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.models import User
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session


async def lock_owner(session: Session, user_id: UUID) -> None:
    """Let changes of a user's keys take turns until the unit of work ends."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update())


async def count_alive(session: Session, user_id: UUID) -> int:
    """How many of a user's keys work."""
    query = select(func.count()).select_from(ApiKey).where(*alive(user_id), ApiKey.expires_at > clock.now())
    return await session.scalar(query) or 0


async def get_key(session: Session, user_id: UUID, key_id: UUID) -> ApiKey | None:
    """One of a user's keys that nobody revoked."""
    return (await session.scalars(select(ApiKey).where(ApiKey.id == key_id, *alive(user_id)))).first()


async def revoke(session: Session, key_id: UUID) -> ApiKey | None:
    """Revoke a key, whosever it is; the key, unless it was revoked or never was."""
    query = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    return (await session.scalars(query.values(revoked_at=clock.now()).returning(ApiKey))).first()


async def revoke_all_of(session: Session, user_id: UUID) -> int:
    """Revoke all keys of a user; how many there were."""
    return _count(await session.execute(update(ApiKey).where(*alive(user_id)).values(revoked_at=clock.now())))


async def owners_and_keys(session: Session, username: str | None, *, limit: int) -> Sequence[Any]:
    """Rows of a user name and a key that nobody revoked, of all users or of one."""
    query = select(User.username, ApiKey).join(User, User.id == ApiKey.user_id)
    query = query.where(ApiKey.revoked_at.is_(None)).order_by(User.username, ApiKey.created_at).limit(limit)
    if username is not None:
        query = query.where(User.username == username.strip().lower())
    return (await session.execute(query)).all()


async def touch(session: Session, used: Mapping[UUID, str | None]) -> None:
    """Note that keys are used now, and where from."""
    now = clock.now()
    address: ColumnElement[str | None] = bindparam("address")
    statement = (
        update(ApiKey)
        .where(ApiKey.id == bindparam("key_id"))
        .values(last_used_at=now, last_used_address=func.coalesce(address, ApiKey.last_used_address))
    )
    connection = await session.connection()
    rows = [{"key_id": key_id, "address": used[key_id]} for key_id in sorted(used)]
    await connection.execute(statement, rows)


async def delete_ended(session: Session, *, before: datetime, limit: int) -> int:
    """Delete keys that expired or were revoked before a moment, at most `limit`; how many."""
    ended = case((ApiKey.revoked_at < ApiKey.expires_at, ApiKey.revoked_at), else_=ApiKey.expires_at)
    some = select(ApiKey.id).where(ended < before).limit(limit)
    result = await session.execute(
        delete(ApiKey).where(ApiKey.id.in_(some)).execution_options(synchronize_session=False)
    )
    return _count(result)


def alive(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """What holds for the keys of a user that nobody revoked."""
    return ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None)


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
