"""Routes of tiers, their limits, and the tier of a user."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response

from fondasi.access import (
    PROFILE_VIEW,
    LacksWhatTheyGrant,
    PermissionRegistry,
    Principal,
    UserReference,
    authenticated_or_key,
    require,
)
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.kit.http import Listing, Router, Wanted, raises
from fondasi.kit.http.table import RouteTable
from fondasi.quotas import service
from fondasi.quotas.errors import (
    RateLimitExists,
    RateLimitNotFound,
    TierInUse,
    TierNameTaken,
    TierNotFound,
    UserNotFound,
)
from fondasi.quotas.models import Tier, TierRateLimit
from fondasi.quotas.permissions import ASSIGN, CREATE, DELETE, UPDATE, VIEW
from fondasi.quotas.schemas import (
    RateLimitCreate,
    RateLimitRead,
    RateLimitUpdate,
    TierCreate,
    TierName,
    TierRead,
    TierUpdate,
    UserRateLimits,
    UserTier,
    UserTierUpdate,
)

router = Router(tags=["tiers"])
TIERS = Listing(Tier, TierRead, sort="name", sortable=["name", "created_at"], search=["name", "description"])
LIMITS = Listing(
    TierRateLimit, RateLimitRead, sort="path", sortable=["path", "method", "created_at"], filters=["method"]
)


async def _operations(request: Request) -> service.Operations:
    return operations_of(request.app)


def operations_of(app: FastAPI) -> service.Operations:
    """What a service can be asked for at a path template, by method."""
    tables = [route for route in app.router.routes if isinstance(route, RouteTable)]
    return lambda template: {
        method: operation for table in tables for method, operation in table.operations_at(template).items()
    }


Operations = Annotated[service.Operations, Depends(_operations)]


@router.get("/tiers", operation_id="list_tiers", dependencies=[require(VIEW)], **TIERS.answers)
async def list_tiers(wanted: Annotated[Wanted, TIERS.wanted], session: ReadSession) -> Response:
    """The tiers, by name."""
    return await wanted.answer(session)


@router.post(
    "/tiers",
    operation_id="create_tier",
    status_code=201,
    dependencies=[require(CREATE), raises(TierNameTaken)],
    response_model=TierRead,
)
async def create_tier(new: TierCreate, session: UnitOfWork) -> Tier:
    """Create a tier. Its users have the default limits until it gets limits of its own."""
    return await service.create_tier(session, new)


@router.get(
    "/tiers/{name}",
    operation_id="read_tier",
    dependencies=[require(VIEW), raises(TierNotFound)],
    response_model=TierRead,
)
async def read_tier(name: TierName, session: ReadSession) -> Tier:
    """A tier."""
    return await service.read_tier(session, name)


@router.patch(
    "/tiers/{name}",
    operation_id="update_tier",
    dependencies=[require(UPDATE), raises(TierNotFound, TierNameTaken, TierInUse)],
    response_model=TierRead,
)
async def update_tier(
    name: TierName, change: TierUpdate, session: UnitOfWork, platform: CurrentPlatform
) -> Tier:
    """Change name or description of a tier."""
    return await service.update_tier(session, name, change, platform.settings.quota.default_tier)


@router.delete(
    "/tiers/{name}",
    operation_id="delete_tier",
    status_code=204,
    dependencies=[require(DELETE), raises(TierNotFound, TierInUse)],
)
async def delete_tier(name: TierName, session: UnitOfWork, platform: CurrentPlatform) -> None:
    """Delete a tier that nobody has, with its limits."""
    await service.delete_tier(session, name, platform.settings.quota.default_tier)


@router.get(
    "/tiers/{name}/rate-limits",
    operation_id="list_rate_limits",
    dependencies=[require(VIEW), raises(TierNotFound)],
    **LIMITS.answers,
)
async def list_rate_limits(
    name: TierName, wanted: Annotated[Wanted, LIMITS.wanted], session: ReadSession
) -> Response:
    """The limits of a tier, by path."""
    tier = await service.read_tier(session, name)
    return await wanted.answer(session, TierRateLimit.tier_id == tier.id)


@router.post(
    "/tiers/{name}/rate-limits",
    operation_id="create_rate_limit",
    status_code=201,
    dependencies=[require(UPDATE), raises(TierNotFound, RateLimitExists)],
    response_model=RateLimitRead,
)
async def create_rate_limit(
    name: TierName, new: RateLimitCreate, session: UnitOfWork, operations: Operations
) -> TierRateLimit:
    """Limit a route for the users of a tier. It acts on every worker within two seconds."""
    return await service.create_rate_limit(session, name, new, operations)


@router.get(
    "/tiers/{name}/rate-limits/{limit_id}",
    operation_id="read_rate_limit",
    dependencies=[require(VIEW), raises(TierNotFound, RateLimitNotFound)],
    response_model=RateLimitRead,
)
async def read_rate_limit(name: TierName, limit_id: UUID, session: ReadSession) -> TierRateLimit:
    """A limit of a tier."""
    return await service.read_rate_limit(session, name, limit_id)


@router.patch(
    "/tiers/{name}/rate-limits/{limit_id}",
    operation_id="update_rate_limit",
    dependencies=[require(UPDATE), raises(TierNotFound, RateLimitNotFound, RateLimitExists)],
    response_model=RateLimitRead,
)
async def update_rate_limit(
    name: TierName, limit_id: UUID, change: RateLimitUpdate, session: UnitOfWork, operations: Operations
) -> TierRateLimit:
    """Change a limit of a tier. It acts on every worker within two seconds."""
    return await service.update_rate_limit(session, name, limit_id, change, operations)


@router.delete(
    "/tiers/{name}/rate-limits/{limit_id}",
    operation_id="delete_rate_limit",
    status_code=204,
    dependencies=[require(UPDATE), raises(TierNotFound, RateLimitNotFound)],
)
async def delete_rate_limit(name: TierName, limit_id: UUID, session: UnitOfWork) -> None:
    """Remove a limit; the default limit holds again."""
    await service.delete_rate_limit(session, name, limit_id)


@router.get(
    "/users/{username}/tier",
    operation_id="read_user_tier",
    dependencies=[require(VIEW), raises(UserNotFound)],
)
async def read_user_tier(
    username: UserReference, session: ReadSession, platform: CurrentPlatform
) -> UserTier:
    """The tier that counts for a user."""
    return await service.tier_of_user(session, username, platform.settings.quota.default_tier)


@router.patch(
    "/users/{username}/tier",
    operation_id="update_user_tier",
    dependencies=[raises(UserNotFound, LacksWhatTheyGrant)],
)
async def update_user_tier(
    username: UserReference,
    change: UserTierUpdate,
    caller: Annotated[Principal, require(ASSIGN)],
    session: UnitOfWork,
    platform: CurrentPlatform,
) -> UserTier:
    """Give a user another tier. It counts from their next request."""
    registry, default = platform.get(PermissionRegistry), platform.settings.quota.default_tier
    return await service.set_tier_of_user(session, caller, registry, username, change.tier, default)


@router.get(
    "/users/{username}/rate-limits", operation_id="read_user_rate_limits", dependencies=[raises(UserNotFound)]
)
async def read_user_rate_limits(
    username: UserReference,
    caller: Annotated[Principal, authenticated_or_key(PROFILE_VIEW)],
    session: ReadSession,
    platform: CurrentPlatform,
) -> UserRateLimits:
    """What holds for a user: the caller's own, or anybody's with the permission `tiers.view`."""
    return await service.rate_limits_of_user(session, caller, username, platform.settings.quota)
