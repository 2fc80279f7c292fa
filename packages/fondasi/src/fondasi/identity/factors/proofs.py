"""Giving the second proof at sign-in, and proving again later who one is (step-up).

Tries are counted before a code is looked at (see `sessions.lockout`), so that a burst of parallel ones gains nothing.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fondasi.identity.factors import repository
from fondasi.identity.factors.errors import (
    ChallengeExpired,
    NothingToProveWith,
    WrongFactorCode,
    WrongSignInCode,
)
from fondasi.identity.factors.service import SecondFactors
from fondasi.identity.passkeys import (
    PasskeyRefused,
    PasskeySignInRefused,
    PasskeysOff,
    Purpose,
    ask_owner,
    used,
)
from fondasi.identity.sessions import (
    Method,
    WrongPassword,
    challenges,
    lockout,
    open_proven_session,
    password_fits,
    renew_proof,
    user_for_sign_in,
)
from fondasi.kit.audit import record
from fondasi.kit.http import InvalidInput, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.identity.factors.schemas import Proof, SecondFactorLogin
    from fondasi.identity.models import User
    from fondasi.identity.passkeys import PasskeyAssertion, PasskeyRequestOptions, RelyingParty
    from fondasi.identity.sessions import Device, Issued
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


async def finish(
    platform: Platform, party: RelyingParty | None, login: SecondFactorLogin, device: Device
) -> Issued:
    """Open the session for a first proof and the second one, a code or a passkey.

    Raises:
        InvalidInput: there is neither.
        ChallengeExpired, WrongSignInCode, TooManyTries: see `sign_in`.
        PasskeysOff, PasskeyExpired, PasskeySignInRefused: see `sign_in_by_passkey`.
    """
    challenge = login.challenge.get_secret_value()
    if login.passkey is not None:
        return await sign_in_by_passkey(platform, party, challenge, login.passkey, device)
    if login.code is None:
        raise InvalidInput.of("body.code", "send a code of your second factor", "code_required")
    return await sign_in(platform, challenge, login.code.get_secret_value(), device)


async def sign_in(platform: Platform, challenge: str, code: str, device: Device) -> Issued:
    """Open the session for a first proof and the code of the second factor.

    Raises:
        ChallengeExpired: no second factor is owed on this device.
        WrongSignInCode: the code does not fit.
        TooManyTries: it comes too early after wrong ones.
    """
    async with platform.database.read_session(fresh=True) as session:
        asked = await challenges.find(session, platform, challenge, device)
    if asked is None:
        raise ChallengeExpired
    wrong = WrongSignInCode(asked.user_id)
    attempt = lockout.Try.of(platform, lockout.Kind.SECOND_FACTOR, str(asked.user_id), device)
    async with _code_taken(platform, asked.user_id, code, attempt, wrong) as (session, user, method):
        if not await challenges.use(session, asked.id):
            raise ChallengeExpired
        return await open_proven_session(session, platform, user, device, [Method(asked.method), method])


async def start_passkey(
    session: Session, platform: Platform, party: RelyingParty, challenge: str, device: Device
) -> PasskeyRequestOptions:
    """What a browser needs to give the second factor by a passkey.

    Raises:
        ChallengeExpired: no second factor is owed on this device.
        NoPasskey: the account has none.
    """
    asked = await challenges.find(session, platform, challenge, device)
    if asked is None:
        raise ChallengeExpired
    return await ask_owner(session, platform, party, Purpose.SECOND_FACTOR, user_id=asked.user_id)


async def sign_in_by_passkey(
    platform: Platform, party: RelyingParty | None, challenge: str, passkey: PasskeyAssertion, device: Device
) -> Issued:
    """Open the session for a first proof and a passkey of the same account.

    Raises:
        PasskeysOff: there are none here.
        ChallengeExpired: no second factor is owed on this device.
        PasskeyExpired: it answers no open challenge of this account.
        PasskeySignInRefused: it is not accepted.
    """
    if party is None:
        raise PasskeysOff
    async with platform.database.read_session(fresh=True) as session:
        asked = await challenges.find(session, platform, challenge, device)
    if asked is None:
        raise ChallengeExpired
    try:
        async with used(platform, party, passkey, Purpose.SECOND_FACTOR, user_id=asked.user_id) as (
            session,
            user,
        ):
            if not await challenges.use(session, asked.id):
                raise ChallengeExpired
            methods = [Method(asked.method), Method.PASSKEY]
            return await open_proven_session(session, platform, user, device, methods)
    except PasskeyRefused as refused:
        raise PasskeySignInRefused(refused.user_id) from None


async def prove_by_passkey(
    platform: Platform, party: RelyingParty | None, caller: Principal, passkey: PasskeyAssertion
) -> datetime:
    """Renew the proof of who the caller is by a passkey, which is proof enough for every account; the moment.

    Raises:
        PasskeysOff: there are none here.
        PasskeyExpired: it answers no open challenge of this session.
        PasskeyRefused: it is not accepted.
    """
    if party is None:
        raise PasskeysOff
    async with used(
        platform, party, passkey, Purpose.STEP_UP, user_id=caller.user_id, session_id=caller.session_id
    ) as (session, _):
        return await _renewed(session, caller, Method.PASSKEY)


async def prove(
    platform: Platform, party: RelyingParty | None, caller: Principal, device: Device, proof: Proof
) -> datetime:
    """Renew the proof of who the caller is; the moment. An account with a second factor takes no password for it.

    Raises:
        InvalidInput: naming what to send instead.
        NothingToProveWith: the account has neither a password nor a second factor.
        WrongPassword, WrongFactorCode: it does not fit.
        PasskeysOff, PasskeyExpired, PasskeyRefused: see `prove_by_passkey`.
        TooManyTries: it comes too early after wrong ones.
    """
    if proof.passkey is not None:
        return await prove_by_passkey(platform, party, caller, proof.passkey)
    async with platform.database.read_session(fresh=True) as session:
        user = await repository.user_by_id(session, caller.user_id)
    if user is None:
        raise Unauthenticated
    if user.second_factor_at is not None:
        if proof.code is None:
            raise InvalidInput.of("body.code", "send a code of your second factor", "code_required")
        wrong = WrongFactorCode()
        attempt = lockout.Try.of(
            platform, lockout.Kind.SECOND_FACTOR, str(user.id), device, caller.session_id
        )
        code = proof.code.get_secret_value()
        async with _code_taken(platform, user.id, code, attempt, wrong) as (session, _, method):
            return await _renewed(session, caller, method)
    if user.password_hash is None:
        raise NothingToProveWith
    if proof.password is None:
        raise InvalidInput.of("body.password", "send your password", "password_required")
    if not await password_fits(platform, user, proof.password.get_secret_value(), device, caller.session_id):
        raise WrongPassword
    async with platform.database.unit_of_work() as session:
        return await _renewed(session, caller, Method.PASSWORD)


async def _renewed(session: Session, caller: Principal, method: Method) -> datetime:
    moment = await renew_proof(session, caller.session_id, method)
    await record(
        session, "step_up", "identity", "Proved again who they are.", metadata={"method": method.value}
    )
    return moment


@asynccontextmanager
async def _code_taken(
    platform: Platform, user_id: UUID, code: str, attempt: lockout.Try, wrong: WrongFactorCode
) -> AsyncIterator[tuple[Session, User, Method]]:
    """A unit of work that has used up a right code; `wrong` is raised for any other, and its owner told in time."""
    async with platform.database.unit_of_work(audited=False) as session:
        counted = await lockout.count(session, attempt)
    factors = platform.get(SecondFactors)
    try:
        async with platform.database.unit_of_work() as session:
            user = await user_for_sign_in(session, user_id)
            method = await factors.take(session, user, code) if user is not None else None
            if user is None or method is None:
                raise wrong
            await lockout.forget(session, counted)
            yield session, user, method
    except WrongFactorCode:
        if counted.last_free:
            await _warn(platform, user_id)
        raise


async def _warn(platform: Platform, user_id: UUID) -> None:
    """Somebody who got past the first proof guesses codes: its owner has to know."""
    async with platform.database.unit_of_work() as session:
        user = await repository.user_by_id(session, user_id)
        if user is not None:
            await platform.get(SecondFactors).tell(session, user, "second-factor-guessed")
            await record(
                session,
                "second_factor.guessed",
                "identity",
                "Several wrong codes of a second factor.",
                user_id=user_id,
            )
