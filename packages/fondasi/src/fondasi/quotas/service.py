"""The rules of tiers: names are unique, the default one stays, one that somebody has stays, limits name real routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fondasi.access import check_touchable
from fondasi.kit.audit import record
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t
from fondasi.quotas import repository
from fondasi.quotas.errors import (
    RateLimitExists,
    RateLimitNotFound,
    TierInUse,
    TierNameTaken,
    TierNotFound,
    UserNotFound,
)
from fondasi.quotas.models import Tier, TierRateLimit
from fondasi.quotas.permissions import VIEW
from fondasi.quotas.schemas import DefaultLimit, RateLimitRead, UserRateLimits, UserTier

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import PermissionRegistry, Principal
    from fondasi.kit.db import Session
    from fondasi.quotas.schemas import RateLimitCreate, RateLimitUpdate, TierCreate, TierUpdate
    from fondasi.settings import QuotaSettings, Settings

# What the service can be asked for at a path template: method and template of each operation, by the method there.
Operations = Callable[[str], Mapping[str, tuple[str, str]]]


async def read_tier(session: Session, name: str) -> Tier:
    """A tier.

    Raises:
        TierNotFound: there is none of that name.
    """
    tier = await repository.tier_by_name(session, name)
    if tier is None:
        raise TierNotFound
    return tier


async def create_tier(session: Session, new: TierCreate) -> Tier:
    """Create a tier.

    Raises:
        TierNameTaken: there is one of that name.
    """
    tier = Tier(**new.model_dump())
    session.add(tier)
    await _flush_tier(session)
    return tier


async def update_tier(session: Session, name: str, change: TierUpdate, default_tier: str) -> Tier:
    """Change a tier.

    Raises:
        TierNotFound: there is none of that name.
        TierNameTaken: there is one of the new name.
        TierInUse: the default tier would lose its name.
    """
    tier = await read_tier(session, name)
    fields = {
        field: value
        for field, value in change.model_dump(exclude_unset=True).items()
        if value is not None or field == "storage_limit"
    }
    if name == default_tier and fields.get("name", name) != name:
        raise TierInUse(t("QUOTA_DEFAULT_TIER names this tier. Set it to another one first."))
    for field, value in fields.items():
        setattr(tier, field, value)
    await _flush_tier(session)
    return tier


async def delete_tier(session: Session, name: str, default_tier: str) -> None:
    """Delete a tier with its limits.

    Raises:
        TierNotFound: there is none of that name.
        TierInUse: it is the default, or users have it.
    """
    tier = await read_tier(session, name)
    if name == default_tier:
        raise TierInUse(t("QUOTA_DEFAULT_TIER names this tier. Set it to another one first."))
    await session.delete(tier)
    try:
        await session.flush()
    except IntegrityError:
        raise TierInUse(t("Users have this tier. Give them another one first.")) from None


async def create_rate_limit(
    session: Session, tier_name: str, new: RateLimitCreate, operations: Operations
) -> TierRateLimit:
    """Add a limit to a tier.

    Raises:
        TierNotFound: there is no such tier.
        InvalidInput: the service has no such route.
        RateLimitExists: the tier has a limit for the route.
    """
    tier = await read_tier(session, tier_name)
    fields = new.model_dump()
    fields["method"], fields["path"] = method, path = _operation(new.method, new.path, operations)
    fields["name"] = fields["name"] or f"{method} {path}"
    limit = TierRateLimit(tier_id=tier.id, **fields)
    session.add(limit)
    await _flush_limit(session)
    return limit


async def read_rate_limit(session: Session, tier_name: str, limit_id: UUID) -> TierRateLimit:
    """A limit of a tier.

    Raises:
        TierNotFound: there is no such tier.
        RateLimitNotFound: it has no such limit.
    """
    tier = await read_tier(session, tier_name)
    limit = await repository.rate_limit(session, tier.id, limit_id)
    if limit is None:
        raise RateLimitNotFound
    return limit


async def update_rate_limit(
    session: Session, tier_name: str, limit_id: UUID, change: RateLimitUpdate, operations: Operations
) -> TierRateLimit:
    """Change a limit of a tier.

    Raises:
        TierNotFound: there is no such tier.
        RateLimitNotFound: it has no such limit.
        InvalidInput: the service has no such route.
        RateLimitExists: the tier has another limit for the route.
    """
    limit = await read_rate_limit(session, tier_name, limit_id)
    for field, value in change.model_dump(exclude_unset=True).items():
        if value is not None:
            setattr(limit, field, value)
    limit.method, limit.path = _operation(limit.method, limit.path, operations)
    await _flush_limit(session)
    return limit


async def delete_rate_limit(session: Session, tier_name: str, limit_id: UUID) -> None:
    """Remove a limit from a tier.

    Raises:
        TierNotFound: there is no such tier.
        RateLimitNotFound: it has no such limit.
    """
    await session.delete(await read_rate_limit(session, tier_name, limit_id))


async def tier_of_user(session: Session, username: str, default_tier: str) -> UserTier:
    """The tier that counts for a user.

    Raises:
        UserNotFound: there is no such account.
    """
    row = await repository.user_and_tier(session, username)
    if row is None:
        raise UserNotFound
    _, username, own = row
    tier = own or await repository.tier_by_name(session, default_tier)
    return UserTier(
        username=username,
        tier=tier.name if tier else default_tier,
        is_default=own is None,
        description=tier.description if tier else "",
    )


async def set_tier_of_user(  # noqa: PLR0917
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    username: str,
    tier_name: str | None,
    default_tier: str,
) -> UserTier:
    """Give a user another tier; it counts from their next request.

    Raises:
        UserNotFound: there is no such account.
        LacksWhatTheyGrant: they hold more than the caller.
        InvalidInput: there is no such tier.
    """
    row = await repository.user_and_tier(session, username)
    if row is None:
        raise UserNotFound
    await check_touchable(session, caller, registry, row[0])
    tier = await repository.tier_by_name_or_id(session, tier_name) if tier_name is not None else None
    unknown = InvalidInput.of("body.tier", "there is no such tier; GET /tiers lists them", "unknown_tier")
    if tier is None and tier_name is not None:
        raise unknown
    try:
        await repository.set_tier(session, row[0], tier.id if tier else None)
    except IntegrityError:
        raise unknown from None
    await record(
        session,
        "users.set_tier",
        "quotas",
        "Set the tier of a user.",
        subject_id=row[0],
        metadata={"user_id": row[0], "from": row[2].name if row[2] else None, "to": tier_name},
    )
    return await tier_of_user(session, username, default_tier)


async def rate_limits_of_user(
    session: Session, caller: Principal, username: str, settings: QuotaSettings
) -> UserRateLimits:
    """What holds for a user: for themselves to see, and for those who may see tiers.

    Raises:
        UserNotFound: there is no such account, or it is not the caller's to see.
    """
    if not caller.may(VIEW) and username.strip().lower() not in {caller.username, str(caller.user_id)}:
        raise UserNotFound
    seen = await tier_of_user(session, username, settings.default_tier)
    tier = await repository.tier_by_name(session, seen.tier)
    limits = await repository.rate_limits_of(session, tier.id) if tier else []
    return UserRateLimits(
        username=seen.username,
        tier=seen.tier,
        default=DefaultLimit(limit=settings.user_limit, period=settings.period),
        rate_limits=[RateLimitRead.model_validate(limit) for limit in limits],
    )


async def storage_limit_of(session: Session, user_id: UUID, settings: Settings) -> int:
    """Bytes that the files of a user may have together."""
    own = await repository.storage_limit(session, user_id, settings.quota.default_tier)
    return settings.file.quota if own is None else own


def _operation(method: str | None, path: str, operations: Operations) -> tuple[str, str]:
    """Method and template of the operation that a limit is for; without a method GET, or the only one of the path."""
    found = operations("/" + path.removeprefix("/"))
    if method is None and len(found) == 1:
        return next(iter(found.values()))
    operation = found.get(method or "GET")
    if operation is None:
        raise InvalidInput.of(
            "body.path", "the service has no such route; see /openapi.json", "unknown_route"
        )
    return operation


async def _flush_tier(session: Session) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise TierNameTaken from None


async def _flush_limit(session: Session) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if "fk_tier_rate_limit" in str(error.orig):  # the tier was deleted meanwhile
            raise TierNotFound from None
        raise RateLimitExists from None
