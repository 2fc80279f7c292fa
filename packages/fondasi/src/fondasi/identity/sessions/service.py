"""Signing in, refreshing and signing out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.access import check_touchable
from fondasi.identity.models import User
from fondasi.identity.passwords import hash_password, is_outdated, verify_password
from fondasi.identity.sessions import challenges, lockout, repository
from fondasi.identity.sessions.errors import InvalidRefreshToken, RefreshTokenJustUsed, WrongCredentials
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.models import Method, RefreshToken, UserSession
from fondasi.identity.sessions.places import Places
from fondasi.identity.sessions.tokens import Tokens
from fondasi.kit import clock
from fondasi.kit.audit import concerns, record
from fondasi.kit.http import Conflict, NotFound, counted_address
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from fondasi.access import PermissionRegistry, Principal
    from fondasi.identity.sessions.devices import Device
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

MAX_USER_AGENT = 500
REFRESH_BYTES = 32
GRACE = timedelta(
    seconds=10
)  # for a client that lost the answer, or sent the same refresh token twice at once


@dataclass(frozen=True, slots=True)
class Issued:
    """A session and its tokens."""

    session_id: UUID
    access_token: str
    session_token: str
    refresh_token: str
    refresh_seconds: int
    device_token: str = ""


async def sign_in(platform: Platform, identifier: str, password: str, device: Device) -> Issued:
    """Open a session. No connection to the database is held while the password is checked.

    Raises:
        WrongCredentials: unknown user, wrong password, or an account that may not sign in.
        SecondFactorRequired: the account has a second factor.
        TooManyTries: it comes too early after failures.
    """
    async with platform.database.read_session(fresh=True) as session:
        found = await repository.user_by_identifier(session, identifier)
    account = str(found.id) if found else identifier.strip().lower()
    attempt = lockout.Try.of(platform, lockout.Kind.PASSWORD, account, device)
    async with platform.database.unit_of_work(audited=False) as session:
        counted = await lockout.count(session, attempt)
    fits = await verify_password(password, found.password_hash if found else None)
    if found is None or not fits:
        raise WrongCredentials(found.id if found else None)
    outdated = found.password_hash is not None and is_outdated(found.password_hash)
    renewed = await hash_password(password) if outdated else found.password_hash
    async with platform.database.unit_of_work() as session:
        user = await repository.user_for_sign_in(session, found.id)
        # Read again: the password or the status may have changed meanwhile.
        if user is None or user.password_hash != found.password_hash:
            raise WrongCredentials(found.id)
        await lockout.forget(session, counted)  # of passwords; codes of second factors are counted apart
        user.password_hash = renewed
        return await open_session(session, platform, user, device, Method.PASSWORD)


async def password_fits(
    platform: Platform, user: User, password: str, device: Device, session_id: UUID | None
) -> bool:
    """Whether it is the account's present password, in a session of it. A wrong one counts like one at sign-in.

    Raises:
        TooManyTries: it comes too early after failures.
    """
    attempt = lockout.Try.of(platform, lockout.Kind.PASSWORD, str(user.id), device, session_id)
    async with platform.database.unit_of_work(audited=False) as session:
        counted = await lockout.count(session, attempt)
    if not await verify_password(password, user.password_hash):
        return False
    async with platform.database.unit_of_work(audited=False) as session:
        await lockout.forget(session, counted)
    return True


async def open_session(
    session: Session, platform: Platform, user: User, device: Device, method: Method = Method.FEDERATION
) -> Issued:
    """Open a session for a user who has proved who they are, whichever way; all ways to sign in end here.

    An account with a second factor gets none yet, unless the proof was two factors at once (a passkey): what is raised
    asks for it, and the unit of work that it passes through commits, so that a code that was used up stays used up.

    Args:
        session: a unit of work.
        platform: settings and keys.
        user: an active account.
        device: where they sign in.
        method: how they proved it.

    Raises:
        SecondFactorRequired: the account has a second factor.
    """
    if user.second_factor_at is not None and not method.proves_both:
        raise await challenges.ask(session, platform, user, device, method)
    return await open_proven_session(session, platform, user, device, [method])


async def open_proven_session(
    session: Session, platform: Platform, user: User, device: Device, methods: Sequence[Method]
) -> Issued:
    """Open a session for a user who has given every proof that their account asks for. See `open_session`."""
    now = clock.now()
    user.last_sign_in_at = now
    opened = UserSession(
        user_id=user.id,
        user_agent=device.user_agent[:MAX_USER_AGENT],
        ip_address=device.ip_address,
        created_at=now,
        last_used_at=now,
        authenticated_at=now,
        methods=list(methods),
        expires_at=_end(platform, now, now),
    )
    session.add(opened)
    await session.flush()
    await Places.of(platform, str(user.id), device).remember(session, user.id)
    await record(session, "login", "identity", "Signed in.", user_id=user.id, session_id=opened.id)
    return replace(await _issue(session, platform, user, opened), device_token=device.token)


async def refresh(platform: Platform, token: str, device: Device) -> Issued:
    """New tokens for a refresh token, which is used up. Its replay ends the session (RFC 9700, 4.14.2).

    The same device may ask again within 10 seconds, for the answer may be lost on the way: it gets the same successor,
    as long as that is not used. A token has one successor, whoever asks.

    Args:
        platform: settings and keys.
        token: the refresh token.
        device: who asks; its token is what the cookie of the device holds, never a new one.

    Raises:
        RefreshTokenJustUsed: it was used within the last 10 seconds, by another device or with a successor in use.
        InvalidRefreshToken: it is not valid, or was used before.
    """
    token_hash = _hash(platform, token)
    async with platform.database.unit_of_work() as session:
        used = await repository.use_refresh_token(session, token_hash)
        if used is not None:
            user = await session.get_one(User, used.user_id)
            opened = await session.get_one(UserSession, used.session_id)
            now = opened.last_used_at = clock.now()
            opened.expires_at = _end(platform, opened.created_at, now)
            await record(
                session, "refresh", "identity", "Stayed signed in.", user_id=user.id, session_id=opened.id
            )
            return await _issue(session, platform, user, opened, _successor(platform, token, used.id, device))
        known = await repository.refresh_token(session, token_hash)
        if known is None:
            raise InvalidRefreshToken
        if known.used_at is not None:
            if clock.now() - known.used_at <= GRACE:
                return await _issue_again(
                    session, platform, known.user_id, _successor(platform, token, known.id, device)
                )
            await repository.revoke_session(session, known.session_id)
        raise InvalidRefreshToken(known.user_id)


async def sign_out(session: Session, platform: Platform, session_id: UUID | None, token: str | None) -> None:
    """End the session of the caller, or of a refresh token, even one that was used or expired; none is no fault."""
    if session_id is not None:
        await repository.revoke_session(session, session_id)
    elif token is not None:
        known = await repository.refresh_token(session, _hash(platform, token))
        if known is not None and await repository.revoke_session(session, known.session_id):
            concerns(session, known.user_id, known.session_id)


async def end_session(session: Session, user_id: UUID, session_id: UUID) -> None:
    """End one of a user's sessions.

    Raises:
        NotFound: they have no such session.
    """
    if not await repository.revoke_session(session, session_id, user_id=user_id):
        raise NotFound("You have no such session.")


async def end_session_of_another(
    session: Session, caller: Principal, registry: PermissionRegistry, opened: UserSession
) -> None:
    """End a session of anybody who holds no more than the caller, as an administrator.

    Raises:
        LacksWhatTheyGrant: it is the session of somebody who holds more.
        Conflict: it has ended already.
    """
    await check_touchable(session, caller, registry, opened.user_id)
    if not await repository.revoke_session(session, opened.id):
        raise Conflict(t("The session has ended already."))


async def _issue(
    session: Session, platform: Platform, user: User, opened: UserSession, refresh_token: str | None = None
) -> Issued:
    """The tokens of a session, with a new refresh token: the one that is given, or a random one."""
    refresh_token = refresh_token or secrets.token_urlsafe(REFRESH_BYTES)
    until = min(clock.now() + timedelta(days=platform.settings.token.refresh_days), opened.expires_at)
    session.add(
        RefreshToken(
            session_id=opened.id, token_hash=_hash(platform, refresh_token), expires_at=until, used_at=None
        )
    )
    return await _answer(session, platform, user, opened, refresh_token=refresh_token, until=until)


async def _issue_again(session: Session, platform: Platform, user_id: UUID, refresh_token: str) -> Issued:
    """The tokens of a session with a refresh token that it was given a moment ago.

    Raises:
        RefreshTokenJustUsed: it was given no such token, or used it.
    """
    unused = await repository.unused_refresh_token(session, _hash(platform, refresh_token))
    if unused is None:
        raise RefreshTokenJustUsed(user_id)
    user = await session.get_one(User, unused.user_id)
    opened = await session.get_one(UserSession, unused.session_id)
    concerns(session, user.id, opened.id)
    return await _answer(
        session, platform, user, opened, refresh_token=refresh_token, until=unused.expires_at
    )


async def _answer(
    session: Session,
    platform: Platform,
    user: User,
    opened: UserSession,
    *,
    refresh_token: str,
    until: datetime,
) -> Issued:
    key_id = await platform.get(KeyRing).current(session)
    tokens = platform.get(Tokens)
    profile = {
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "language": user.language,
    }
    return Issued(
        session_id=opened.id,
        access_token=tokens.issue_access(key_id, user.id, opened.id, until=opened.expires_at),
        session_token=tokens.issue_session(
            key_id, user.id, opened.id, until=opened.expires_at, profile=profile
        ),
        refresh_token=refresh_token,
        refresh_seconds=int((until - clock.now()).total_seconds()),
    )


def _end(platform: Platform, opened_at: datetime, now: datetime) -> datetime:
    settings = platform.settings.token
    return min(
        now + timedelta(days=settings.refresh_days),
        opened_at + timedelta(days=settings.absolute_days),
    )


def _successor(platform: Platform, token: str, token_id: UUID, device: Device) -> str:
    """The refresh token that follows one when this device uses it, so that nothing secret has to be kept to repeat it.

    It takes `SECRET_KEY`, the token, and the id of its row, which never leaves the database: no two of them are enough.
    A device without a cookie is told by its address.
    """
    key = platform.get(KeyRing).derive("refresh successor")
    place = device.token or counted_address(device.ip_address)
    bound = f"{token}\0{token_id.hex}\0{place}\0{device.user_agent}".encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hmac.digest(key, bound, hashlib.sha256)).rstrip(b"=").decode()


def _hash(platform: Platform, token: str) -> bytes:
    key = platform.get(KeyRing).derive("refresh")
    return hmac.digest(key, token.encode("utf-8", "surrogatepass"), hashlib.sha256)
