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
    from fondasi.identity.models import User
    from fondasi.identity.sessions import Device, Issued
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


async def sign_in(platform: Platform, challenge: str, code: str, device: Device) -> Issued:
    """Open the session for a first proof and the code of the second factor.

    Raises:
        ChallengeExpired: no code is owed on this device.
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


async def prove(
    platform: Platform, caller: Principal, device: Device, *, password: str | None, code: str | None
) -> datetime:
    """Renew the proof of who the caller is; the moment. An account with a second factor takes its codes alone.

    Raises:
        InvalidInput: naming what to send instead.
        NothingToProveWith: the account has neither a password nor a second factor.
        WrongPassword, WrongFactorCode: it does not fit.
        TooManyTries: it comes too early after wrong ones.
    """
    async with platform.database.read_session(fresh=True) as session:
        user = await repository.user_by_id(session, caller.user_id)
    if user is None:
        raise Unauthenticated
    if user.second_factor_at is not None:
        if code is None:
            raise InvalidInput.of("body.code", "send a code of your second factor", "code_required")
        wrong = WrongFactorCode()
        attempt = lockout.Try.of(
            platform, lockout.Kind.SECOND_FACTOR, str(user.id), device, caller.session_id
        )
        async with _code_taken(platform, user.id, code, attempt, wrong) as (session, _, method):
            return await _renewed(session, caller, method)
    if user.password_hash is None:
        raise NothingToProveWith
    if password is None:
        raise InvalidInput.of("body.password", "send your password", "password_required")
    if not await password_fits(platform, user, password, device, caller.session_id):
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
