"""API keys of the caller. None of these routes can be called with a key."""

from typing import Annotated, Any
from uuid import UUID

from fondasi.access import KnownPermissions, LacksWhatTheyGrant, Principal, authenticated, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.api_keys import repository, service
from fondasi.identity.api_keys.errors import TooManyApiKeys
from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.api_keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyRead, ApiKeyUpdate
from fondasi.kit.http import NotFound, Page, PageParams, Router, page_of, raises, secret_answer, sort_by

router = Router(prefix="/api-keys", tags=["api-keys"])
Caller = Annotated[Principal, authenticated]
Order = Annotated[
    list[Any],
    sort_by(
        "-created_at",
        created_at=ApiKey.created_at,
        name=ApiKey.name,
        expires_at=ApiKey.expires_at,
        last_used_at=ApiKey.last_used_at,
    ),
]


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


@router.get("", operation_id="list_api_keys")
async def list_api_keys(
    page: PageParams, order: Order, caller: Caller, registry: KnownPermissions, session: ReadSession
) -> Page[ApiKeyRead]:
    """The caller's keys, the newest first."""
    rows, total = await repository.list_keys(
        session, caller.user_id, offset=page.offset, limit=page.items_per_page, order=order
    )
    shown = [service.describe(row, registry, caller) for row in rows]
    return Page[ApiKeyRead](**page_of(shown, total, page))


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
