"""The caller's passkeys: the list, adding, renaming, removing."""

from typing import Annotated
from uuid import UUID

from fondasi.access import Principal, authenticated, login_like, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.passkeys import repository, service
from fondasi.identity.passkeys.errors import (
    PasskeyExists,
    PasskeyExpired,
    PasskeyRefused,
    PasskeysOff,
    TooManyPasskeys,
)
from fondasi.identity.passkeys.relying import CurrentParty
from fondasi.identity.passkeys.schemas import (
    PasskeyCreate,
    PasskeyCreationOptions,
    PasskeyRead,
    PasskeyUpdate,
)
from fondasi.identity.ways import LastWayToSignIn
from fondasi.kit.http import NotFound, Page, PageParams, Router, page_of, raises, repeatable

router = Router(prefix="/settings/passkeys", tags=["passkeys"])
Caller = Annotated[Principal, authenticated]


@router.get("", operation_id="list_passkeys")
async def list_passkeys(
    caller: Caller, page: PageParams, platform: CurrentPlatform, session: ReadSession
) -> Page[PasskeyRead]:
    """The caller's passkeys, the oldest first."""
    rows, total = await repository.passkeys_of(
        session, caller.user_id, offset=page.offset, limit=page.items_per_page
    )
    return Page[PasskeyRead](**page_of([service.describe(row, platform) for row in rows], total, page))


@router.post(
    "/start",
    operation_id="start_passkey",
    dependencies=[authenticated, step_up, repeatable, raises(PasskeysOff, PasskeyRefused, TooManyPasskeys)],
)
async def start_passkey(
    caller: Caller, party: CurrentParty, platform: CurrentPlatform, session: UnitOfWork
) -> PasskeyCreationOptions:
    """What `navigator.credentials.create()` needs to make a passkey for the caller. The challenge serves once."""
    return await service.start(session, platform, party, caller)


@router.post(
    "",
    operation_id="create_passkey",
    status_code=201,
    dependencies=[
        authenticated,
        step_up,
        login_like,
        raises(PasskeysOff, PasskeyExpired, PasskeyRefused, PasskeyExists, TooManyPasskeys),
    ],
)
async def create_passkey(
    new: PasskeyCreate, caller: Caller, party: CurrentParty, platform: CurrentPlatform
) -> PasskeyRead:
    """Keep the passkey that the browser has made. Its owner is told."""
    return service.describe(await service.add(platform, party, caller, new), platform)


@router.patch("/{passkey_id}", operation_id="update_passkey", dependencies=[raises(NotFound)])
async def update_passkey(
    passkey_id: UUID, changes: PasskeyUpdate, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> PasskeyRead:
    """Rename a passkey."""
    return service.describe(await service.rename(session, caller, passkey_id, changes.name), platform)


@router.delete(
    "/{passkey_id}",
    operation_id="delete_passkey",
    status_code=204,
    dependencies=[authenticated, step_up, raises(NotFound, LastWayToSignIn)],
)
async def delete_passkey(
    passkey_id: UUID, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> None:
    """Remove a passkey, unless it is the last way to sign in. Its owner is told."""
    await service.remove(session, platform, caller, passkey_id)
