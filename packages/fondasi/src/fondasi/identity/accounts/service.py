"""Accounts: making, changing and deleting them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from fondasi.access import check_proof, check_touchable
from fondasi.identity.accounts import repository
from fondasi.identity.accounts.errors import LastAdministrator, UsernameTaken
from fondasi.identity.accounts.events import USER_CREATED, USER_DELETED
from fondasi.identity.accounts.permissions import DELETE, EDIT, VIEW
from fondasi.identity.identifiers import as_email
from fondasi.identity.models import AuthType, User, UserStatus
from fondasi.identity.passwords import hash_password
from fondasi.identity.sessions import WrongPassword, password_fits, revoke_sessions_of
from fondasi.kit import clock
from fondasi.kit.audit import concerns, record
from fondasi.kit.cache import invalidate_everything
from fondasi.kit.http import Forbidden, InvalidInput, NotFound
from fondasi.kit.i18n import t
from fondasi.kit.live import changed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from fondasi.access import PermissionRegistry, Principal
    from fondasi.identity.sessions import Device
    from fondasi.kit.db import Session
    from fondasi.module import PersonalData
    from fondasi.platform import Platform

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")
UUID_LIKE = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
RESERVED = frozenset({"me", "invitations"})  # paths below /users
ROOM = "users"
ANONYMOUS = "deleted-"  # how the user names of anonymised accounts begin


async def create_user(
    session: Session,
    *,
    username: str,
    password: str | None,
    name: str = "",
    email: str | None = None,
    superuser: bool = False,
    **fields: Any,
) -> User:
    """Create an account. `fields` are further columns.

    Raises:
        InvalidInput: the user name or address is not acceptable.
        UsernameTaken: the user name or contact exists already.
    """
    username = acceptable_username(username)
    if email is not None and (email := as_email(email)) is None:
        raise InvalidInput.of("email", t("must be an e-mail address"), "email")
    fields.setdefault("auth_type", _made_with(email, fields.get("phone")))
    user = User(
        username=username,
        name=name or username,
        email=email,
        password_hash=await hash_password(password) if password is not None else None,
        is_superuser=superuser,
        **fields,
    )
    session.add(user)
    await _flush(session, username)
    concerns(session, user.id)
    await USER_CREATED.emit(session, user_id=user.id)
    changed(session, "users", user.id, owner=user.id)
    return user


async def user_exists(session: Session, username: str) -> bool:
    """Whether an account has that user name."""
    return await repository.user_by_identifier(session, username) is not None


async def set_password(session: Session, username: str, password: str) -> None:
    """Give an account a new password and end its sessions.

    Raises:
        NotFound: there is no such account.
    """
    user = await repository.user_by_identifier(session, username)
    if user is None:
        raise NotFound(f"There is no account named {username}.")
    user.password_hash = await hash_password(password)
    await revoke_sessions_of(session, user.id)
    concerns(session, user.id)


async def own_user(session: Session, caller: Principal) -> User:
    """The caller's own account.

    Raises:
        NotFound: it was deleted a moment ago.
    """
    user = await repository.user_by_id(session, caller.user_id)
    if user is None:
        raise NotFound(t("The account was deleted."))
    return user


async def read_user(session: Session, caller: Principal, name: str) -> User:
    """An account: the caller's own, or another one for those who may see them.

    Raises:
        NotFound: there is none, or it is not for the caller to see.
    """
    return await _found(session, caller, name, VIEW)


async def update_user(
    session: Session, caller: Principal, registry: PermissionRegistry, name: str, changes: dict[str, Any]
) -> User:
    """Write the changes, which name columns that routes let through.

    Raises:
        NotFound: there is no such account, or it is not for the caller to edit.
        Forbidden: the caller may not change the status, or not that account.
        LacksWhatTheyGrant: it is the account of somebody who holds more.
        UsernameTaken: the new user name exists already.
    """
    user = await _changeable(session, caller, registry, name, EDIT)
    status, by_other = user.status, user.id != caller.user_id
    if "status" in changes:
        await _check_status_change(session, caller, user, changes["status"])
    if "username" in changes:
        changes["username"] = acceptable_username(changes["username"])
    for column, value in changes.items():
        setattr(user, column, value)
    await _flush(session, user.username)
    changed(session, "users", user.id, owner=user.id)
    if by_other:
        about: dict[str, Any] = {"user_id": user.id, "username": user.username, "fields": sorted(changes)}
        if user.status != status:
            about |= {"from": {"status": status}, "to": {"status": user.status}}
        await record(
            session, "users.edit", ROOM, "Edited somebody's account.", subject_id=user.id, metadata=about
        )
    return user


async def delete_user(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    name: str,
    *,
    erased: Iterable[PersonalData] | None = None,
) -> None:
    """Mark an account as deleted and end its sessions; its data go after a grace period, or at once.

    Args:
        session: a unit of work.
        caller: who asks.
        registry: all permissions.
        name: whose account, by name or id.
        erased: delete it for good, with what these tables keep about them; None leaves all that for the grace period.

    Raises:
        NotFound: there is no such account, or it is not for the caller to delete.
        Forbidden: only administrators delete for good, and they alone delete administrators.
        LacksWhatTheyGrant: it is the account of somebody who holds more.
        LastAdministrator: nobody could administer the service.
    """
    if erased is not None and not caller.is_superuser:
        raise Forbidden(t("Only administrators may do this."))
    user = await _changeable(session, caller, registry, name, DELETE, deleted=erased is not None)
    about: dict[str, Any] = {"user_id": user.id, "username": user.username, "permanent": erased is not None}
    await end_account(session, user, UserStatus.DELETED)
    if erased is not None:
        await erase_personal_data(session, erased, user.id)
        await session.delete(user)
        await session.flush()
    message = "Deleted an account."
    await record(session, "users.delete", ROOM, message, subject_id=about["user_id"], metadata=about)


async def erase_personal_data(session: Session, tables: Iterable[PersonalData], user_id: UUID) -> None:
    """Remove what the rooms keep about a person, while their account still has its contacts."""
    for item in tables:
        if item.erase is not None:
            await session.execute(item.erase(user_id), execution_options={"synchronize_session": False})
    invalidate_everything(session)


async def end_account(session: Session, user: User, status: UserStatus) -> None:
    """Take an account out of use and end its sessions.

    Raises:
        LastAdministrator: nobody could administer the service.
    """
    await _keep_an_administrator(session, user)
    user.status = status
    if status is UserStatus.DELETED and user.deleted_at is None:
        user.deleted_at = clock.now()
        await USER_DELETED.emit(session, user_id=user.id)
    await revoke_sessions_of(session, user.id)
    changed(session, "users", user.id, owner=user.id)


async def confirm_owner(platform: Platform, caller: Principal, password: str | None, device: Device) -> None:
    """Make sure that it is the owner who asks: by the present password, or a fresh proof where there is none.

    An account with a second factor needs both: its password alone is no proof.

    Raises:
        WrongPassword: it is missing or wrong.
        StepUpRequired: the account has no password or a second factor, and the last proof of who calls is too old.
        TooManyTries: it comes too early after wrong ones.
    """
    async with platform.database.read_session(fresh=True) as session:
        user = await repository.user_by_id(session, caller.user_id)
    if user is None:
        raise WrongPassword
    if user.password_hash is None or user.second_factor_at is not None:
        check_proof(caller, platform.settings.step_up_minutes)
    if user.password_hash is None:
        return
    if password is None or not await password_fits(platform, user, password, device, caller.session_id):
        raise WrongPassword


async def read_profile(session: Session, caller: Principal, user_id: UUID) -> User:
    """A profile: public, one's own, or for those who may see all accounts.

    Raises:
        NotFound: there is none, or it is private.
    """
    user = await repository.user_by_id(session, user_id)
    visible = user is not None and user.status == UserStatus.ACTIVE and user.profile_accessibility == "public"
    if user is None or not (visible or user.id == caller.user_id or caller.may(VIEW)):
        raise NotFound(t("There is no such user."))
    return user


async def _found(
    session: Session, caller: Principal, name: str, permission: str, *, deleted: bool = False
) -> User:
    user = await repository.user_by_name_or_id(session, name, deleted=deleted)
    if user is None or (user.id != caller.user_id and not caller.may(permission)):
        raise NotFound(t("There is no such user."))
    return user


async def _changeable(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    name: str,
    permission: str,
    *,
    deleted: bool = False,
) -> User:
    """An account that the caller may change, locked: their own, or that of somebody who holds no more.

    First the lock of access, then that of the account, as everybody takes them.
    """
    user = await _found(session, caller, name, permission, deleted=deleted)
    if user.is_superuser and not caller.is_superuser and user.id != caller.user_id:
        raise Forbidden(t("Only administrators may do this."))
    await check_touchable(session, caller, registry, user.id)
    locked = await repository.user_by_name_or_id(session, str(user.id), deleted=deleted, locked=True)
    if locked is None:
        raise NotFound(t("There is no such user."))
    return locked


async def _check_status_change(session: Session, caller: Principal, user: User, status: str) -> None:
    if not caller.may(EDIT) or user.id == caller.user_id:
        raise Forbidden(t("Only somebody else who may edit users can change the status of an account."))
    if status != UserStatus.ACTIVE:
        await _keep_an_administrator(session, user)
        await revoke_sessions_of(session, user.id)


async def _keep_an_administrator(session: Session, user: User) -> None:
    active = user.is_superuser and user.status == UserStatus.ACTIVE
    if active and not await repository.other_administrators(session, user.id):
        raise LastAdministrator


def _made_with(email: str | None, phone: str | None) -> AuthType:
    if email is not None:
        return AuthType.EMAIL
    return AuthType.USERNAME if phone is None else AuthType.PHONE


def acceptable_username(username: str) -> str:
    """The user name as it is kept.

    Raises:
        InvalidInput: nobody can have that name; it says what names look like.
    """
    username = username.strip().lower()
    reserved = username in RESERVED or username.startswith(ANONYMOUS) or UUID_LIKE.fullmatch(username)
    if not USERNAME.fullmatch(username) or reserved:
        raise InvalidInput.of(
            "username",
            t("2 to 50 of a-z, 0-9, dot, dash and underscore; a letter or digit first"),
            "username",
        )
    return username


async def _flush(session: Session, username: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if "uq_user_email" in str(error.orig):
            raise UsernameTaken(t("The e-mail address belongs to another account."), field="email") from None
        if "uq_user_phone" in str(error.orig):
            raise UsernameTaken(t("The phone number belongs to another account."), field="phone") from None
        raise UsernameTaken(
            t("An account named {username} exists already. Choose another name.", username=username),
            field="username",
        ) from None
