"""Tiers and their rate limits in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from fondasi.admin_views import AdminView, AdminWrite
from fondasi.quotas import repository, service
from fondasi.quotas.models import Tier, TierRateLimit
from fondasi.quotas.permissions import CREATE, DELETE, UPDATE, VIEW
from fondasi.quotas.routes import operations_of
from fondasi.quotas.schemas import Name, RateLimitCreate, RateLimitUpdate, TierCreate, TierUpdate

if TYPE_CHECKING:
    from fondasi.admin_views import Act


class RateLimitOfTier(RateLimitCreate):
    """A limit, and the tier that it is for."""

    tier: Name = Field(description="Name of the tier.")


async def _create_tier(act: Act, _: None, new: TierCreate) -> Any:
    return await service.create_tier(act.session, new)


async def _edit_tier(act: Act, tier: Tier, changes: TierUpdate) -> None:
    default = act.platform.settings.quota.default_tier
    await service.update_tier(act.session, tier.name, changes, default)


async def _delete_tier(act: Act, tier: Tier, _: None) -> None:
    await service.delete_tier(act.session, tier.name, act.platform.settings.quota.default_tier)


async def _create_limit(act: Act, _: None, new: RateLimitOfTier) -> Any:
    limit = RateLimitCreate(**new.model_dump(exclude={"tier"}))
    return await service.create_rate_limit(act.session, new.tier, limit, operations_of(act.request.app))


async def _edit_limit(act: Act, limit: TierRateLimit, changes: RateLimitUpdate) -> None:
    tier = await repository.tier_by_id(act.session, limit.tier_id)
    operations = operations_of(act.request.app)
    await service.update_rate_limit(act.session, tier.name, limit.id, changes, operations)


async def _delete_limit(act: Act, limit: TierRateLimit, _: None) -> None:
    tier = await repository.tier_by_id(act.session, limit.tier_id)
    await service.delete_rate_limit(act.session, tier.name, limit.id)


tiers_view = AdminView(
    model=Tier,
    path="tiers",
    name="Tier",
    plural="Tiers",
    icon="fa-solid fa-layer-group",
    permission=VIEW,
    columns=("name", "description", "created_at"),
    details=("id", "name", "description", "created_at", "updated_at"),
    search=("name", "description"),
    order="name",
    label="name",
    create=AdminWrite(CREATE, _create_tier, TierCreate),
    edit=AdminWrite(UPDATE, _edit_tier, TierUpdate),
    delete=AdminWrite(DELETE, _delete_tier),
)
limits_view = AdminView(
    model=TierRateLimit,
    path="rate-limits",
    name="Rate limit",
    plural="Rate limits",
    icon="fa-solid fa-gauge",
    permission=VIEW,
    columns=("tier_id", "name", "method", "path", "limit", "period"),
    details=("id", "tier_id", "name", "method", "path", "limit", "period", "created_at", "updated_at"),
    search=("name", "path"),
    order="path",
    label="name",
    links={"tier_id": "tiers"},
    create=AdminWrite(UPDATE, _create_limit, RateLimitOfTier),
    edit=AdminWrite(UPDATE, _edit_limit, RateLimitUpdate),
    delete=AdminWrite(UPDATE, _delete_limit),
)
