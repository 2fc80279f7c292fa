"""Queries for tiers, their limits, and who has which."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, update

from fondasi.identity import User, is_account
from fondasi.quotas.models import Tier, TierRateLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.kit.db import Session

_ALL_RULES = select(
    Tier.id.label("tier_id"),
    Tier.name.label("tier"),
    TierRateLimit.method,
    TierRateLimit.path,
    TierRateLimit.limit,
    TierRateLimit.period,
).outerjoin(TierRateLimit, TierRateLimit.tier_id == Tier.id)


async def all_rules(session: Session) -> Sequence[Any]:
    """Every tier with each of its limits; one row without a limit for a tier that has none."""
    return (await session.execute(_ALL_RULES)).all()


async def tiers(session: Session, most: int) -> Sequence[Tier]:
    """The tiers, by name."""
    return (await session.scalars(select(Tier).order_by(Tier.name).limit(most))).all()


async def tier_by_id(session: Session, tier_id: UUID) -> Tier:
    """A tier that is there."""
    return await session.get_one(Tier, tier_id)


async def tier_by_name(session: Session, name: str) -> Tier | None:
    """The tier of that name."""
    return (await session.scalars(select(Tier).where(Tier.name == name))).first()


async def tier_by_name_or_id(session: Session, reference: str) -> Tier | None:
    """The tier of that name, or with that id."""
    tier = await tier_by_name(session, reference)
    if tier is None:
        with suppress(ValueError):
            tier = await session.get(Tier, UUID(reference))
    return tier


async def rate_limits_of(session: Session, tier_id: UUID) -> Sequence[TierRateLimit]:
    """All limits of a tier."""
    query = select(TierRateLimit).where(TierRateLimit.tier_id == tier_id)
    return (await session.scalars(query.order_by(TierRateLimit.path, TierRateLimit.method))).all()


async def rate_limit(session: Session, tier_id: UUID, limit_id: UUID) -> TierRateLimit | None:
    """A limit of a tier."""
    query = select(TierRateLimit).where(TierRateLimit.tier_id == tier_id, TierRateLimit.id == limit_id)
    return (await session.scalars(query)).first()


async def user_and_tier(session: Session, reference: str) -> tuple[UUID, str, Tier | None] | None:
    """Id and name of an account, with its own tier if it has one."""
    query = (
        select(User.id, User.username, Tier)
        .outerjoin(Tier, Tier.id == User.tier_id)
        .where(is_account(reference), User.deleted_at.is_(None))
    )
    row = (await session.execute(query)).first()
    return (row[0], row[1], row[2]) if row else None


async def storage_limit(session: Session, user_id: UUID, default_tier: str) -> int | None:
    """What the tier of a user says of their files; the default tier's where they have none."""
    own = select(User.tier_id).where(User.id == user_id).scalar_subquery()
    default = select(Tier.id).where(Tier.name == default_tier).scalar_subquery()
    return await session.scalar(select(Tier.storage_limit).where(Tier.id == func.coalesce(own, default)))


async def set_tier(session: Session, user_id: UUID, tier_id: UUID | None) -> None:
    """Give an account a tier.

    Raises:
        IntegrityError: the tier was deleted meanwhile.
    """
    await session.execute(update(User).where(User.id == user_id).values(tier_id=tier_id))
