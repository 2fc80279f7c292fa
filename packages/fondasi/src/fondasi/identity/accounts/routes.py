"""Accounts: one's own, and everybody's for administrators."""

from typing import Annotated

from fastapi import Query, Request, Response

from fondasi.access import (
    PROFILE_VIEW,
    LacksWhatTheyGrant,
    PermissionRegistry,
    Principal,
    SessionRequired,
    UserReference,
    authenticated,
    authenticated_or_key,
    current_principal,
    login_like,
    public,
    require,
    step_up,
)
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.accounts import repository, service, signup
from fondasi.identity.accounts.errors import LastAdministrator, SignUpClosed, UsernameTaken
from fondasi.identity.accounts.permissions import CREATE, EDIT, VIEW
from fondasi.identity.accounts.schemas import (
    CodeRequested,
    Invitation,
    UserCreate,
    UserCreated,
    UserRead,
    UserUpdate,
)
from fondasi.identity.codes import Asker, Codes, TooManyCodes
from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions import device_of
from fondasi.kit.http import Forbidden, Listing, NotFound, Router, Wanted, raises
from fondasi.kit.i18n import current_language
from fondasi.messages import ChannelNotConfigured

router = Router(prefix="/users", tags=["users"])
USERS = Listing(
    User,
    UserRead,
    sort="-created_at",
    sortable=["created_at", "username", "name", "status", "last_sign_in_at"],
    filters=["status", "user_type", "auth_type", "country", "is_superuser"],
    ranges=["created_at", "last_sign_in_at"],
    search=repository.search_users,
    search_help="Begins the user name, is in the name, or is the e-mail.",
)


@router.get("", operation_id="list_users", dependencies=[require(VIEW)], **USERS.answers)
async def list_users(wanted: Annotated[Wanted, USERS.wanted], session: ReadSession) -> Response:
    """Everybody's accounts; deleted ones with `status=deleted` alone."""
    if wanted.query["status"] is UserStatus.DELETED:
        return await wanted.answer(session)
    return await wanted.answer(session, User.deleted_at.is_(None))


@router.post(
    "",
    operation_id="create_user",
    status_code=201,
    dependencies=[
        public,
        login_like,
        raises(UsernameTaken, SignUpClosed, SessionRequired, TooManyCodes, ChannelNotConfigured),
    ],
)
async def create_user(
    request: Request, new: UserCreate, platform: CurrentPlatform, session: UnitOfWork
) -> UserCreated:
    """Sign up with a password, as far as `SIGNUP` lets; or make an account for somebody else, with the permission.

    An address that one gives for oneself becomes part of the account with `POST /auth/contacts/verify`. The answer does
    not tell whether it belongs to somebody already: that is told to its owner, by a message.
    """
    user, issued = await signup.sign_up(
        session,
        platform.settings,
        platform.get(Codes),
        new,
        caller=await current_principal(request, keys=True),
        asker=Asker(device_of(request).ip_address),
        language=current_language(),
    )
    created = UserCreated.model_validate(user)
    if issued is not None:
        created.verification = CodeRequested.model_validate(issued, from_attributes=True)
    return created


@router.post(
    "/invitations",
    operation_id="invite_user",
    status_code=202,
    dependencies=[require(CREATE), raises(TooManyCodes, ChannelNotConfigured)],
)
async def invite_user(new: Invitation, platform: CurrentPlatform, session: UnitOfWork) -> None:
    """Invite somebody by e-mail to sign up (`POST /auth/otp/signup`), within seven days."""
    await signup.invite(session, platform.get(Codes), identify(new.email), new.language)


@router.get("/me", operation_id="read_own_user", response_model=UserRead)
async def read_own_user(principal: Annotated[Principal, authenticated_or_key(PROFILE_VIEW)]) -> Response:
    """The caller's own account, from the row that the guard has read."""
    body = UserRead.model_validate(dict(principal.account)).model_dump_json()
    return Response(body, media_type="application/json")


@router.get("/{username}", operation_id="read_user", response_model=UserRead, dependencies=[raises(NotFound)])
async def read_user(
    username: UserReference, caller: Annotated[Principal, authenticated_or_key(VIEW)], session: ReadSession
) -> User:
    """An account, by user name or id: one's own, or anybody's with the permission."""
    return await service.read_user(session, caller, username)


@router.patch(
    "/{username}",
    operation_id="update_user",
    response_model=UserRead,
    dependencies=[raises(NotFound, LacksWhatTheyGrant, LastAdministrator, UsernameTaken)],
)
async def update_user(
    username: UserReference,
    changes: UserUpdate,
    caller: Annotated[Principal, authenticated_or_key(EDIT)],
    platform: CurrentPlatform,
    session: UnitOfWork,
) -> User:
    """Change what is named: of one's own account, or of anybody's with the permission."""
    registry = platform.get(PermissionRegistry)
    return await service.update_user(
        session, caller, registry, username, changes.model_dump(exclude_unset=True)
    )


@router.delete(
    "/{username}",
    operation_id="delete_user",
    status_code=204,
    dependencies=[step_up, raises(NotFound, Forbidden, LacksWhatTheyGrant, LastAdministrator)],
)
async def delete_user(
    username: UserReference,
    caller: Annotated[Principal, authenticated],
    platform: CurrentPlatform,
    session: UnitOfWork,
    *,
    permanent: Annotated[bool, Query(description="At once and for good; for administrators.")] = False,
) -> None:
    """Delete one's own account, or anybody's with the permission. Its sessions end at once."""
    erased = platform.personal_data if permanent else None
    await service.delete_user(session, caller, platform.get(PermissionRegistry), username, erased=erased)
