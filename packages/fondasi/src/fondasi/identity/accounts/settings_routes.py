"""What users set for themselves."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request

from fondasi.access import (
    PROFILE_EDIT,
    PROFILE_VIEW,
    PermissionRegistry,
    Principal,
    StepUpRequired,
    authenticated,
    authenticated_or_key,
    login_like,
)
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.accounts import service, signup
from fondasi.identity.accounts.errors import LastAdministrator
from fondasi.identity.accounts.schemas import (
    CodeRequested,
    EmailChange,
    PasswordAgain,
    PhoneChange,
    PresentPassword,
    ProfilePicture,
    ProfileRead,
    ProfileWrite,
    SettingsRead,
    SettingsUpdate,
    UserRead,
)
from fondasi.identity.codes import Asker, Codes, Issued, TooManyCodes
from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions import TooManyTries, WrongPassword, device_of
from fondasi.kit.db import Session
from fondasi.kit.http import NotFound, Router, raises
from fondasi.messages import Channel, ChannelNotConfigured
from fondasi.platform import Platform

router = Router(prefix="/settings", tags=["account"])
Caller = Annotated[Principal, authenticated]
Viewer = Annotated[Principal, authenticated_or_key(PROFILE_VIEW)]
Editor = Annotated[Principal, authenticated_or_key(PROFILE_EDIT)]


@router.get("", operation_id="read_settings", response_model=SettingsRead)
async def read_settings(caller: Viewer, session: ReadSession) -> User:
    """The caller's language, theme, time zone, and who sees the profile."""
    return await service.own_user(session, caller)


@router.patch("", operation_id="update_settings", response_model=SettingsRead)
async def update_settings(
    caller: Editor, changes: SettingsUpdate, platform: CurrentPlatform, session: UnitOfWork
) -> User:
    """Change the settings that are named."""
    return await _write(session, platform, caller, changes.model_dump(exclude_unset=True))


@router.get("/profile", operation_id="read_own_profile", response_model=UserRead)
async def read_own_profile(caller: Viewer, session: ReadSession) -> User:
    """The caller's own profile, with everything in it."""
    return await service.own_user(session, caller)


@router.put("/profile", operation_id="replace_own_profile", response_model=UserRead)
async def replace_own_profile(
    caller: Editor, profile: ProfileWrite, platform: CurrentPlatform, session: UnitOfWork
) -> User:
    """Write the whole profile anew."""
    return await _write(session, platform, caller, profile.model_dump())


@router.post("/profile-picture", operation_id="set_own_picture", response_model=UserRead)
async def set_own_picture(
    caller: Editor, picture: ProfilePicture, platform: CurrentPlatform, session: UnitOfWork
) -> User:
    """Set the address of a picture that lies elsewhere, or remove it. `PUT` uploads one."""
    return await _write(session, platform, caller, {"profile_picture_url": picture.url})


@router.get(
    "/profile/{user_id}",
    operation_id="read_profile",
    response_model=ProfileRead,
    dependencies=[raises(NotFound)],
)
async def read_profile(user_id: UUID, caller: Viewer, session: ReadSession) -> User:
    """Somebody's profile, when it is public."""
    return await service.read_profile(session, caller, user_id)


@router.post(
    "/change-email",
    operation_id="change_email",
    status_code=202,
    dependencies=[
        login_like,
        raises(WrongPassword, StepUpRequired, TooManyTries, TooManyCodes, ChannelNotConfigured),
    ],
)
async def change_email(
    request: Request, caller: Caller, wanted: EmailChange, platform: CurrentPlatform, session: UnitOfWork
) -> CodeRequested:
    """Ask for another e-mail address. It is sent a code, which `POST /auth/contacts/verify` takes."""
    await _confirm(request, platform, caller, wanted.password)
    user = await service.own_user(session, caller)
    issued = await signup.ask_for_proof(
        session, platform.get(Codes), user, identify(wanted.email), _asker(request, caller)
    )
    return _requested(issued)


@router.post(
    "/change-phone",
    operation_id="change_phone",
    status_code=202,
    dependencies=[
        login_like,
        raises(WrongPassword, StepUpRequired, TooManyTries, TooManyCodes, ChannelNotConfigured),
    ],
)
async def change_phone(
    request: Request, caller: Caller, wanted: PhoneChange, platform: CurrentPlatform, session: UnitOfWork
) -> CodeRequested:
    """Ask for another phone number. It is sent a code, which `POST /auth/contacts/verify` takes."""
    await _confirm(request, platform, caller, wanted.password)
    user = await service.own_user(session, caller)
    channel = Channel(wanted.channel)
    issued = await signup.ask_for_proof(
        session,
        platform.get(Codes),
        user,
        identify(wanted.phone),
        _asker(request, caller),
        channel=channel,
    )
    return _requested(issued)


@router.post(
    "/deactivate-account",
    operation_id="deactivate_account",
    status_code=204,
    dependencies=[login_like, raises(WrongPassword, StepUpRequired, TooManyTries, LastAdministrator)],
)
async def deactivate_account(
    request: Request, caller: Caller, again: PasswordAgain, platform: CurrentPlatform, session: UnitOfWork
) -> None:
    """Take the account out of use; an administrator can bring it back. Its sessions end at once."""
    await _confirm(request, platform, caller, again.password)
    await service.end_account(session, await service.own_user(session, caller), UserStatus.INACTIVE)


@router.post(
    "/delete-account",
    operation_id="delete_account",
    status_code=204,
    dependencies=[login_like, raises(WrongPassword, StepUpRequired, TooManyTries, LastAdministrator)],
)
async def delete_account(
    request: Request, caller: Caller, again: PasswordAgain, platform: CurrentPlatform, session: UnitOfWork
) -> None:
    """Delete the account. Its sessions end at once; its data are anonymised after `ACCOUNT_GRACE_DAYS`."""
    await _confirm(request, platform, caller, again.password)
    await service.end_account(session, await service.own_user(session, caller), UserStatus.DELETED)


async def _write(session: Session, platform: Platform, caller: Principal, changes: dict[str, Any]) -> User:
    registry = platform.get(PermissionRegistry)
    return await service.update_user(session, caller, registry, str(caller.user_id), changes)


async def _confirm(
    request: Request, platform: Platform, caller: Principal, password: PresentPassword | None
) -> None:
    given = password.get_secret_value() if password is not None else None
    await service.confirm_owner(platform, caller, given, device_of(request))


def _asker(request: Request, caller: Principal) -> Asker:
    place = caller.session_id.bytes if caller.session_id is not None else None
    return Asker(device_of(request).ip_address, place)


def _requested(issued: Issued) -> CodeRequested:
    return CodeRequested.model_validate(issued, from_attributes=True)
