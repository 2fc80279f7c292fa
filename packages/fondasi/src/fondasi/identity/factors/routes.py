"""Second factors, the second step of signing in, and step-up."""

from typing import Annotated

from fastapi import Request, Response

from fondasi.access import Principal, authenticated, login_like, public, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.factors import proofs
from fondasi.identity.factors.errors import (
    ChallengeExpired,
    NoSecondFactor,
    NothingToProveWith,
    SecondFactorExists,
    WrongFactorCode,
)
from fondasi.identity.factors.schemas import (
    AppCode,
    Enrolment,
    Proof,
    Proved,
    RecoveryCodes,
    SecondFactorLogin,
    SecondFactorRead,
    SecondFactorStart,
)
from fondasi.identity.factors.service import SecondFactors
from fondasi.identity.passkeys import (
    CurrentParty,
    NoPasskey,
    PartyIfAny,
    PasskeyExpired,
    PasskeyRefused,
    PasskeyRequestOptions,
    PasskeysOff,
)
from fondasi.identity.sessions import (
    ForeignRequest,
    TokenAnswer,
    TooManyTries,
    WrongPassword,
    answer_with,
    device_of,
    refuse_foreign,
)
from fondasi.kit.http import Router, raises, repeatable, secret_answer

router = Router(tags=["second-factor"])
FACTOR = "/auth/second-factor"
Caller = Annotated[Principal, authenticated]


@router.post(
    "/login/second-factor",
    operation_id="login_by_second_factor",
    dependencies=[
        public,
        login_like,
        raises(
            ChallengeExpired,
            ForeignRequest,
            PasskeysOff,
            PasskeyExpired,
            PasskeyRefused,
            WrongFactorCode,
            TooManyTries,
        ),
    ],
)
async def login_by_second_factor(
    request: Request,
    response: Response,
    login: SecondFactorLogin,
    platform: CurrentPlatform,
    party: PartyIfAny,
) -> TokenAnswer:
    """The second step of a sign-in: the challenge, and a code or a passkey, from the same device."""
    refuse_foreign(request, platform.settings)
    issued = await proofs.finish(platform, party, login, device_of(request))
    return answer_with(request, response, platform, issued, in_body=login.refresh_in_body)


@router.post(
    "/login/second-factor/passkey/start",
    operation_id="start_passkey_second_factor",
    dependencies=[public, login_like, repeatable, raises(ChallengeExpired, PasskeysOff, NoPasskey)],
)
async def start_passkey_second_factor(
    request: Request,
    login: SecondFactorStart,
    platform: CurrentPlatform,
    party: CurrentParty,
    session: UnitOfWork,
) -> PasskeyRequestOptions:
    """What `navigator.credentials.get()` needs to give the second factor by a passkey, for the second step."""
    return await proofs.start_passkey(
        session, platform, party, login.challenge.get_secret_value(), device_of(request)
    )


@router.post(
    "/auth/step-up",
    operation_id="step_up",
    dependencies=[
        login_like,
        repeatable,
        raises(
            NothingToProveWith,
            PasskeysOff,
            PasskeyExpired,
            PasskeyRefused,
            WrongPassword,
            WrongFactorCode,
            TooManyTries,
        ),
    ],
)
async def prove_again(
    request: Request, caller: Caller, proof: Proof, platform: CurrentPlatform, party: PartyIfAny
) -> Proved:
    """Prove again who one is, for what asks for a fresh proof.

    Every account takes a passkey of its own; one with a second factor a code of it, and every other one its password.
    """
    moment = await proofs.prove(platform, party, caller, device_of(request), proof)
    return Proved(authenticated_at=moment, expires_in=platform.settings.step_up_minutes * 60)


@router.get(FACTOR, operation_id="read_second_factor")
async def read_second_factor(
    caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> SecondFactorRead:
    """Whether the caller has a second factor, and how many recovery codes are left."""
    return await platform.get(SecondFactors).status(session, caller)


@router.post(
    FACTOR,
    operation_id="start_second_factor",
    status_code=201,
    dependencies=[authenticated, step_up, secret_answer, raises(SecondFactorExists)],
)
async def start_second_factor(caller: Caller, platform: CurrentPlatform, session: UnitOfWork) -> Enrolment:
    """A secret for an authenticator app, shown this once. A code of it switches the second factor on."""
    return await platform.get(SecondFactors).enrol(session, caller)


@router.post(
    f"{FACTOR}/confirm",
    operation_id="confirm_second_factor",
    dependencies=[authenticated, step_up, login_like, secret_answer, raises(NoSecondFactor, WrongFactorCode)],
)
async def confirm_second_factor(
    caller: Caller, body: AppCode, platform: CurrentPlatform, session: UnitOfWork
) -> RecoveryCodes:
    """Switch the second factor on; the answer shows the recovery codes, this once. The other sessions end."""
    codes = await platform.get(SecondFactors).confirm(session, caller, body.code.get_secret_value())
    return RecoveryCodes(recovery_codes=codes)


@router.post(
    f"{FACTOR}/recovery-codes",
    operation_id="renew_recovery_codes",
    dependencies=[authenticated, step_up, secret_answer, raises(NoSecondFactor)],
)
async def renew_recovery_codes(
    caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> RecoveryCodes:
    """New recovery codes in place of the old ones, shown this once."""
    return RecoveryCodes(recovery_codes=await platform.get(SecondFactors).renew_codes(session, caller))


@router.delete(
    FACTOR,
    operation_id="delete_second_factor",
    status_code=204,
    dependencies=[authenticated, step_up, raises(NoSecondFactor)],
)
async def delete_second_factor(caller: Caller, platform: CurrentPlatform, session: UnitOfWork) -> None:
    """Switch the second factor off. Its owner is told."""
    await platform.get(SecondFactors).disable(session, caller)
