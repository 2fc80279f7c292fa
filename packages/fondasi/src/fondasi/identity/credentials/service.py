"""One-time passwords and what they open; setting, changing and resetting passwords; proving contacts.

A wrong code counts against its request, so the refusal keeps the unit of work that took the try (`KeepsWork`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import check_proof
from fondasi.identity import accounts
from fondasi.identity.accounts import SignUpClosed, change_contact, sign_up_by_code
from fondasi.identity.api_keys import revoke_keys_of
from fondasi.identity.codes import Asker, Codes, Issued, Proof, Purpose, Target, WrongCode
from fondasi.identity.credentials.errors import PasswordExists
from fondasi.identity.identifiers import Identifier, IdentifierKind, as_email, as_phone, identify
from fondasi.identity.models import User, UserStatus
from fondasi.identity.passkeys import remove_all as remove_passkeys
from fondasi.identity.passwords import hash_password
from fondasi.identity.policy import check_new_password
from fondasi.identity.sessions import (
    Method,
    Places,
    WrongPassword,
    open_session,
    password_fits,
    revoke_sessions_of,
    user_for_sign_in,
)
from fondasi.kit import clock
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import current_language
from fondasi.messages import Channel, Message, Messenger

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.identity.codes.models import OneTimePassword
    from fondasi.identity.sessions import Device
    from fondasi.identity.sessions import Issued as IssuedTokens
    from fondasi.kit.db import Database, Session
    from fondasi.platform import Platform

VERIFYING = (Purpose.VERIFY_CONTACT, Purpose.CHANGE_EMAIL, Purpose.CHANGE_PHONE)
NEW_PASSWORD = "body.new_password"  # noqa: S105 - a place


async def request_code(
    session: Session,
    platform: Platform,
    purpose: Purpose,
    text: str,
    *,
    channel: Channel | None,
    device: Device,
) -> Issued:
    """Send a code, if there is somebody to send it to; the answer and its time do not tell.

    Raises:
        SignUpClosed: nobody signs up on their own.
        TooManyCodes: one was asked for a moment ago.
        ChannelNotConfigured: there is nothing to send with.
    """
    named = identify(text)
    channel = channel or (Channel.SMS if named.kind is IdentifierKind.PHONE else Channel.EMAIL)
    user = await accounts.user_by(session, named)
    if purpose is Purpose.SIGNUP:
        target = await _newcomer(session, platform, named, channel, user)
    else:
        target = _holder(named, channel, user)
    places = Places.of(platform, str(user.id) if user else named.value, device)
    place = await places.known(session)
    # Many share an address: its caps hold for all but known devices.
    asker = Asker(device.ip_address, place, capped=place is None or place != places.device)
    return await platform.get(Codes).issue(session, purpose, named.value, target, asker)


async def exchange_code(
    database: Database, codes: Codes, proof: Proof, purpose: Purpose
) -> tuple[str, datetime]:
    """A ticket in place of a code.

    Raises:
        WrongCode: it does not fit.
    """
    async with database.unit_of_work() as session:
        return await codes.exchange(session, proof, [purpose])


async def sign_in(platform: Platform, proof: Proof, device: Device) -> IssuedTokens:
    """Open a session for a code.

    Raises:
        WrongCode: it does not fit.
        SecondFactorRequired: it does, and the account has a second factor.
    """
    async with platform.database.unit_of_work() as session:
        row = await platform.get(Codes).redeem(session, proof, [Purpose.LOGIN])
        user = await user_for_sign_in(session, row.user_id) if row.user_id is not None else None
        if user is None:
            raise WrongCode(row.user_id)
        _confirm_contact(user, row.target)
        return await open_session(session, platform, user, device, Method.ONE_TIME_PASSWORD)


async def sign_up(
    platform: Platform, proof: Proof, *, username: str | None, name: str, password: str | None, language: str
) -> User:
    """Make an account for the contact that a code proves.

    Raises:
        WrongCode: it does not fit; where sign-up is closed, any but that of an invitation.
        UsernameTaken, InvalidInput: see `sign_up_by_code`.
    """
    purposes = [Purpose.INVITATION]
    if platform.settings.signup_mode == "open":
        purposes.append(Purpose.SIGNUP)
    async with platform.database.unit_of_work() as session:
        row = await platform.get(Codes).redeem(session, proof, purposes)
        return await sign_up_by_code(
            session, row, username=username, name=name, password=password, language=language
        )


async def reset_password(platform: Platform, proof: Proof, password: str) -> None:
    """Replace a forgotten password, end all sessions, and revoke all API keys and passkeys: a thief may have made some.

    Raises:
        WrongCode: it does not fit.
        InvalidInput: the password is easily guessed.
    """
    check_new_password(password, field=NEW_PASSWORD)
    async with platform.database.unit_of_work() as session:
        row = await platform.get(Codes).redeem(session, proof, [Purpose.RESET_PASSWORD])
        user = await _user_of(session, row)
        await _write_password(session, platform, user, password)
        await revoke_keys_of(session, user.id)
        await remove_passkeys(session, platform, user)
        _confirm_contact(user, row.target)


async def set_password(platform: Platform, caller: Principal, password: str) -> None:
    """Give an account its first password and end its other sessions.

    Raises:
        PasswordExists: it has one.
        InvalidInput: the password is easily guessed.
    """
    async with platform.database.unit_of_work() as session:
        user = await accounts.own_user(session, caller)
        if user.password_hash is not None:
            raise PasswordExists
        await _write_password(session, platform, user, password, kept=caller.session_id)


async def change_password(
    platform: Platform, caller: Principal, current: str, password: str, device: Device
) -> None:
    """Replace the present password and end the other sessions.

    Raises:
        WrongPassword: the present one is wrong, or has changed meanwhile.
        StepUpRequired: the account has a second factor, and the last proof of who calls is too old.
        TooManyTries: it comes too early after wrong ones.
        InvalidInput: the new one is easily guessed.
    """
    async with platform.database.read_session(fresh=True) as session:
        found = await accounts.own_user(session, caller)
    if found.second_factor_at is not None:  # the password alone is no proof then
        check_proof(caller, platform.settings.step_up_minutes)
    if not await password_fits(platform, found, current, device, caller.session_id):
        raise WrongPassword(field="current_password")
    async with platform.database.unit_of_work() as session:
        user = await accounts.own_user(session, caller)
        if user.password_hash != found.password_hash:
            raise WrongPassword(field="current_password")
        await _write_password(session, platform, user, password, kept=caller.session_id)


async def verify_contact(platform: Platform, proof: Proof) -> IdentifierKind:
    """Prove a contact: one that the account has, or one that it asked to change to.

    Raises:
        WrongCode: it does not fit.
        UsernameTaken: the contact belongs to another account by now.
    """
    codes = platform.get(Codes)
    async with platform.database.unit_of_work() as session:
        row = await codes.redeem(session, proof, VERIFYING)
        user = await _user_of(session, row)
        if row.purpose == Purpose.VERIFY_CONTACT:
            _confirm_contact(user, row.target)
        else:
            await change_contact(session, platform.get(Messenger), user, identify(row.target))
            await codes.void_all_of(session, user.id)
        return identify(row.target).kind


async def is_username_available(session: Session, platform: Platform, username: str) -> bool:
    """Whether an account could have that user name.

    Raises:
        SignUpClosed: nobody signs up, so nobody needs to know.
    """
    if platform.settings.signup_mode == "closed":
        raise SignUpClosed
    named = Identifier(IdentifierKind.USERNAME, username.strip().lower())
    return not await accounts.is_taken(session, named)


def is_acceptable_email(text: str) -> bool:
    """Whether it is an e-mail address."""
    return as_email(text) is not None


def is_acceptable_phone(text: str) -> bool:
    """Whether it is a phone number with its country code."""
    return as_phone(text) is not None


async def _newcomer(
    session: Session, platform: Platform, named: Identifier, channel: Channel, owner: User | None
) -> Target:
    if platform.settings.signup_mode != "open":
        raise SignUpClosed
    by_mail = channel is Channel.EMAIL
    if named.kind is IdentifierKind.USERNAME or by_mail != (named.kind is IdentifierKind.EMAIL):
        raise InvalidInput.of(
            "body.identifier", "sign up with an e-mail address, or with a phone number by SMS", "identifier"
        )
    taken = await accounts.is_taken(session, named)
    return Target(
        channel,
        named.value,
        None,
        owner.language if owner else current_language(),
        pretend=taken and owner is None,
        instead="account-exists" if owner else None,
        username=owner.username if owner else "",
    )


def _holder(named: Identifier, channel: Channel, user: User | None) -> Target:
    if user is not None and user.status == UserStatus.ACTIVE:
        contact = user.email if channel is Channel.EMAIL else user.phone
        if contact is not None:
            return Target(channel, contact, user.id, user.language)
    return Target(channel, named.value, None, current_language(), pretend=True)


async def _user_of(session: Session, row: OneTimePassword) -> User:
    """The account that a used code was for.

    Raises:
        WrongCode: there is none, or it may not be used.
    """
    user = await accounts.user_by_id(session, row.user_id) if row.user_id is not None else None
    if user is None or user.status != UserStatus.ACTIVE:
        raise WrongCode(row.user_id)
    return user


def _confirm_contact(user: User, contact: str) -> None:
    now = clock.now()
    if contact == user.email and not user.is_email_verified:
        user.is_email_verified, user.email_verified_at = True, now
    elif contact == user.phone and not user.is_phone_verified:
        user.is_phone_verified, user.phone_verified_at = True, now


async def _write_password(
    session: Session, platform: Platform, user: User, password: str, *, kept: UUID | None = None
) -> None:
    check_new_password(password, user.username, user.email, user.phone, field=NEW_PASSWORD)
    user.password_hash = await hash_password(password)
    await revoke_sessions_of(session, user.id, except_id=kept)
    await platform.get(Codes).void_all_of(session, user.id)
    messenger = platform.get(Messenger)
    if user.email is not None and messenger.can_send(Channel.EMAIL):
        message = Message(
            Channel.EMAIL, user.email, "password-changed", {"username": user.username}, language=user.language
        )
        await messenger.send(session, message)
