"""Signing in with a passkey."""

from typing import Annotated

from fastapi import Request, Response

from fondasi.access import Principal, authenticated, login_like, public
from fondasi.dependencies import CurrentPlatform, UnitOfWork
from fondasi.identity.passkeys import proofs
from fondasi.identity.passkeys.errors import NoPasskey, PasskeyExpired, PasskeyRefused, PasskeysOff
from fondasi.identity.passkeys.models import Purpose
from fondasi.identity.passkeys.relying import CurrentParty
from fondasi.identity.passkeys.schemas import PasskeyLogin, PasskeyRequestOptions
from fondasi.identity.sessions import ForeignRequest, TokenAnswer, answer_with, device_of, refuse_foreign
from fondasi.kit.http import Router, raises, repeatable

router = Router(tags=["passkeys"])
Caller = Annotated[Principal, authenticated]


# Not `login_like`: a page for signing in asks for one whether or not somebody goes on to sign in, and what it answers
# helps nobody to guess. The limit of public routes counts them.
@router.post(
    "/login/passkey/start",
    operation_id="start_passkey_login",
    dependencies=[public, repeatable, raises(PasskeysOff)],
)
async def start_passkey_login(
    party: CurrentParty, platform: CurrentPlatform, session: UnitOfWork
) -> PasskeyRequestOptions:
    """What `navigator.credentials.get()` needs to find a passkey of whoever signs in. The challenge serves once."""
    return await proofs.ask_anybody(session, platform, party)


@router.post(
    "/login/passkey",
    operation_id="login_by_passkey",
    dependencies=[
        public,
        login_like,
        raises(PasskeysOff, PasskeyExpired, PasskeyRefused, ForeignRequest),
    ],
)
async def login_by_passkey(
    request: Request, response: Response, login: PasskeyLogin, party: CurrentParty, platform: CurrentPlatform
) -> TokenAnswer:
    """Sign in with a passkey, which is both factors at once: no code is asked for."""
    refuse_foreign(request, platform.settings)
    issued = await proofs.sign_in(platform, party, login.passkey, device_of(request))
    return answer_with(request, response, platform, issued, in_body=login.refresh_in_body)


@router.post(
    "/auth/step-up/passkey/start",
    operation_id="start_passkey_step_up",
    dependencies=[repeatable, raises(PasskeysOff, NoPasskey)],
)
async def start_passkey_step_up(
    caller: Caller, party: CurrentParty, platform: CurrentPlatform, session: UnitOfWork
) -> PasskeyRequestOptions:
    """What `navigator.credentials.get()` needs to prove again who one is, for `POST /auth/step-up`."""
    return await proofs.ask_owner(
        session, platform, party, Purpose.STEP_UP, user_id=caller.user_id, session_id=caller.session_id
    )
