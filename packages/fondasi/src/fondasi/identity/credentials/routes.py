"""One-time passwords, passwords and contacts."""

from typing import Annotated

from fastapi import Request, Response

from fondasi.access import Principal, StepUpRequired, authenticated, login_like, public, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.accounts import CodeRequested, UserRead
from fondasi.identity.accounts.errors import SignUpClosed, UsernameTaken
from fondasi.identity.codes import Codes, Purpose, TooManyCodes, WrongCode
from fondasi.identity.credentials import service
from fondasi.identity.credentials.errors import PasswordExists
from fondasi.identity.credentials.schemas import (
    Availability,
    AvailabilityQuery,
    CodeCheck,
    CodeLogin,
    CodeRequest,
    ContactVerified,
    PasswordChange,
    PasswordReset,
    PasswordSet,
    ProofBody,
    SignUpByCode,
    Ticket,
)
from fondasi.identity.models import User
from fondasi.identity.sessions import (
    ForeignRequest,
    SecondFactorRequired,
    TokenAnswer,
    TooManyTries,
    WrongPassword,
    answer_with,
    device_of,
    refuse_foreign,
)
from fondasi.kit.http import Router, raises, repeatable
from fondasi.kit.i18n import current_language
from fondasi.messages import ChannelNotConfigured

router = Router(prefix="/auth", tags=["credentials"], dependencies=[login_like])
Caller = Annotated[Principal, authenticated]


@router.post(
    "/otp",
    operation_id="request_code",
    status_code=202,
    dependencies=[public, raises(SignUpClosed, TooManyCodes, ChannelNotConfigured)],
)
async def request_code(
    request: Request, wanted: CodeRequest, platform: CurrentPlatform, session: UnitOfWork
) -> CodeRequested:
    """Have a one-time password sent. The answer is the same whether or not there is such an account."""
    issued = await service.request_code(
        session,
        platform,
        Purpose(wanted.purpose),
        wanted.identifier,
        channel=wanted.channel,
        device=device_of(request),
    )
    return CodeRequested.model_validate(issued, from_attributes=True)


@router.post("/otp/verify", operation_id="verify_code", dependencies=[public, raises(WrongCode)])
async def verify_code(check: CodeCheck, platform: CurrentPlatform) -> Ticket:
    """Check a code, which is used up by it, and get a ticket that serves in its place once."""
    ticket, expires_at = await service.exchange_code(
        platform.database, platform.get(Codes), check.proof(), Purpose(check.purpose)
    )
    return Ticket(ticket=ticket, expires_at=expires_at)


@router.post(
    "/otp/login",
    operation_id="login_by_code",
    dependencies=[public, raises(WrongCode, ForeignRequest, SecondFactorRequired)],
)
async def login_by_code(
    request: Request, response: Response, login: CodeLogin, platform: CurrentPlatform
) -> TokenAnswer:
    """Sign in with a code for `login`. An account with a second factor is asked for it, as by `POST /login`."""
    refuse_foreign(request, platform.settings)
    issued = await service.sign_in(platform, login.proof(), device_of(request))
    return answer_with(request, response, platform, issued, in_body=login.refresh_in_body)


@router.post(
    "/otp/signup",
    operation_id="sign_up_by_code",
    status_code=201,
    response_model=UserRead,
    dependencies=[public, raises(WrongCode, SignUpClosed, UsernameTaken)],
)
async def sign_up_by_code(new: SignUpByCode, platform: CurrentPlatform) -> User:
    """Make an account for the contact that a code, or an invitation, was sent to."""
    return await service.sign_up(
        platform,
        new.proof(),
        username=new.username,
        name=new.name or "",
        password=new.password.get_secret_value() if new.password else None,
        language=new.language or current_language(),
    )


@router.post(
    "/password/set",
    operation_id="set_password",
    status_code=204,
    dependencies=[authenticated, step_up, repeatable, raises(PasswordExists)],
)
async def set_password(caller: Caller, new: PasswordSet, platform: CurrentPlatform) -> None:
    """Give an account that signs in with codes a password. Its other sessions end."""
    await service.set_password(platform, caller, new.new_password.get_secret_value())


@router.post(
    "/password/change",
    operation_id="change_password",
    status_code=204,
    dependencies=[repeatable, raises(WrongPassword, StepUpRequired, TooManyTries)],
)
async def change_password(
    request: Request, caller: Caller, change: PasswordChange, platform: CurrentPlatform
) -> None:
    """Change the password. The other sessions end."""
    await service.change_password(
        platform,
        caller,
        change.current_password.get_secret_value(),
        change.new_password.get_secret_value(),
        device_of(request),
    )


@router.post(
    "/password/reset",
    operation_id="reset_password",
    status_code=204,
    dependencies=[public, raises(WrongCode)],
)
async def reset_password(reset: PasswordReset, platform: CurrentPlatform) -> None:
    """Replace a forgotten password, with a code for `reset_password`. All sessions, API keys and passkeys end."""
    await service.reset_password(platform, reset.proof(), reset.new_password.get_secret_value())


@router.post("/contacts/verify", operation_id="verify_contact", dependencies=[public, raises(WrongCode)])
async def verify_contact(proof: ProofBody, platform: CurrentPlatform) -> ContactVerified:
    """Prove an e-mail address or phone number: that of the account, or the one that it is to be changed to."""
    return ContactVerified(kind=await service.verify_contact(platform, proof.proof()))


@router.post("/availability", operation_id="check_availability", dependencies=[public])
async def check_availability(
    wanted: AvailabilityQuery, platform: CurrentPlatform, session: ReadSession
) -> Availability:
    """Whether a user name is free and contacts are well-formed; nothing about whose they are."""
    found = Availability()
    if wanted.username is not None:
        found.username_available = await service.is_username_available(session, platform, wanted.username)
    if wanted.email is not None:
        found.email_acceptable = service.is_acceptable_email(wanted.email)
    if wanted.phone is not None:
        found.phone_acceptable = service.is_acceptable_phone(wanted.phone)
    return found
