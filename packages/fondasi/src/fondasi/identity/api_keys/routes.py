"""API keys of the caller. None of these routes can be called with a key."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Response

from fondasi.access import KnownPermissions, LacksWhatTheyGrant, Principal, authenticated, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.api_keys import repository, service
from fondasi.identity.api_keys.errors import TooManyApiKeys
from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.api_keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyRead, ApiKeyUpdate
from fondasi.kit.http import Listing, NotFound, Router, Wanted, raises, secret_answer

router = Router(prefix="/api-keys", tags=["api-keys"])
Caller = Annotated[Principal, authenticated]
KEYS = Listing(
    ApiKey,
    ApiKeyRead,
    sort="-created_at",
    sortable=["created_at", "name", "expires_at", "last_used_at"],
    ranges=["expires_at", "last_used_at"],
    search=["name"],
)


@router.post(
    "",
    operation_id="create_api_key",
    status_code=201,
    dependencies=[authenticated, step_up, secret_answer, raises(LacksWhatTheyGrant, TooManyApiKeys)],
)
async def create_api_key(
    new: ApiKeyCreate,
    caller: Caller,
    registry: KnownPermissions,
    platform: CurrentPlatform,
    session: UnitOfWork,
) -> ApiKeyCreated:
    """Make a key for a program. The key is in this answer and nowhere else."""
    return await service.create_key(session, platform, caller, registry, new)


@router.get("", operation_id="list_api_keys", **KEYS.answers)
async def list_api_keys(
    wanted: Annotated[Wanted, KEYS.wanted], caller: Caller, registry: KnownPermissions, session: ReadSession
) -> Response:
    """The caller's keys, the newest first."""
    shape = partial(service.describe, registry=registry, owner=caller)
    return await wanted.answer(session, *repository.alive(caller.user_id), shape=shape)


@router.get("/{key_id}", operation_id="read_api_key", dependencies=[raises(NotFound)])
async def read_api_key(
    key_id: UUID, caller: Caller, registry: KnownPermissions, session: ReadSession
) -> ApiKeyRead:
    """One of the caller's keys."""
    return await service.read_key(session, caller, registry, key_id)


@router.patch(
    "/{key_id}",
    operation_id="update_api_key",
    dependencies=[authenticated, step_up, raises(NotFound, LacksWhatTheyGrant)],
)
async def update_api_key(
    key_id: UUID, changes: ApiKeyUpdate, caller: Caller, registry: KnownPermissions, session: UnitOfWork
) -> ApiKeyRead:
    """Rename a key, or set its scope."""
    return await service.edit_key(session, caller, registry, key_id, changes)


@router.delete("/{key_id}", operation_id="delete_api_key", status_code=204, dependencies=[raises(NotFound)])
async def delete_api_key(key_id: UUID, caller: Caller, session: UnitOfWork) -> None:
    """Revoke a key. Its next request is refused."""
    await service.revoke_key(session, caller, key_id)
