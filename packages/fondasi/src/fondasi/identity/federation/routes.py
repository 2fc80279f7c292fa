"""Signing in at providers: the list, the way there, and the way back."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from fondasi.access import login_like, public
from fondasi.dependencies import CurrentPlatform
from fondasi.identity.accounts.errors import SignUpClosed
from fondasi.identity.federation import service
from fondasi.identity.federation.browser import browser_secret, set_browser_secret
from fondasi.identity.federation.errors import (
    AccountExists,
    IdentityTaken,
    InvalidState,
    ProviderRefused,
    ProviderUnavailable,
    UnknownProvider,
    UntrustedAnswer,
)
from fondasi.identity.federation.providers import Providers
from fondasi.identity.federation.schemas import LinkedIdentityRead, ProviderList, ProviderRead, ReturnTo
from fondasi.identity.federation.settings_routes import read_link
from fondasi.identity.passkeys import PartyIfAny
from fondasi.identity.sessions import (
    Issued,
    SecondFactorRequired,
    TokenAnswer,
    WrongCredentials,
    answer_with,
    device_of,
)
from fondasi.kit.audit import Level, record
from fondasi.kit.http import Problem, Router, any_query, raises, worded
from fondasi.platform import Platform

router = Router(prefix="/auth", tags=["providers"])
REDIRECT: dict[int | str, Any] = {302: {"description": "To the provider, or to `return_to`."}}
Text = Annotated[str | None, Query(max_length=300)]
ASCII = worded("^[ -~]*$", "use plain ASCII characters")  # RFC 6749, A.11
Code = Annotated[str | None, Query(max_length=4096, pattern=ASCII)]


@router.get("/providers", operation_id="list_providers", dependencies=[public])
async def list_providers(platform: CurrentPlatform, party: PartyIfAny) -> ProviderList:
    """Whom one may sign in with, beside a password or a code."""
    found = [ProviderRead(name=item.name, label=item.label) for item in platform.get(Providers)]
    return ProviderList(data=found, passkeys=party is not None)


@router.get(
    "/oauth/{provider}/start",
    operation_id="start_oauth",
    status_code=302,
    response_class=RedirectResponse,
    dependencies=[public, login_like, raises(UnknownProvider, ProviderUnavailable)],
)
async def start(
    request: Request,
    provider: str,
    platform: CurrentPlatform,
    return_to: Annotated[ReturnTo, Query()] = None,
) -> Response:
    """Send the browser to a provider, to sign in or sign up. It comes back to the callback below."""
    browser = browser_secret(request, platform.settings)
    base_url = str(request.base_url)
    try:
        begun = await service.begin(
            platform, provider, browser=browser, base_url=base_url, return_to=return_to
        )
    except ProviderUnavailable as problem:
        if return_to is None:
            raise
        return _back_with(return_to, problem)
    response = RedirectResponse(begun.url, 302)
    set_browser_secret(response, request, platform.settings, begun.browser)
    return response


@router.get(
    "/oauth/{provider}/callback",
    operation_id="finish_oauth",
    response_model=TokenAnswer | LinkedIdentityRead,
    responses=REDIRECT,
    dependencies=[
        public,
        login_like,
        any_query,
        raises(
            UnknownProvider,
            ProviderUnavailable,
            ProviderRefused,
            UntrustedAnswer,
            InvalidState,
            AccountExists,
            IdentityTaken,
            SignUpClosed,
            SecondFactorRequired,
            WrongCredentials,
        ),
    ],
)
async def callback(
    request: Request,
    response: Response,
    provider: str,
    platform: CurrentPlatform,
    *,
    state: Text = None,
    code: Code = None,
    iss: Text = None,
    error: Text = None,
) -> Response | TokenAnswer | LinkedIdentityRead:
    """Where providers send browsers back to. The refresh token goes into the cookie.

    With `return_to` the browser goes on there; after a failure with `error`, and what a program needs to go on, behind
    the `#` of the address.
    """
    browser = browser_secret(request, platform.settings)
    begun = await service.take(platform, provider, state, browser)
    answer = service.Answer(state or "", code, iss, error)
    try:
        done = await service.finish(platform, begun, answer, browser or "", device_of(request))
    except Problem as problem:
        if begun.return_to is None:
            raise
        await _remember(platform, problem)
        return _back_with(begun.return_to, problem)
    if begun.return_to is not None:
        response = RedirectResponse(begun.return_to, 302)
    if isinstance(done, Issued):
        tokens = answer_with(request, response, platform, done, in_body=False)
        return tokens if begun.return_to is None else response
    return read_link(platform, done) if begun.return_to is None else response


def _back_with(return_to: str, problem: Problem) -> Response:
    """What went wrong, behind the `#`, which no server is told and no log keeps."""
    told = urlencode({"error": problem.code, **problem.members}, doseq=True)
    return RedirectResponse(f"{return_to}#{told}", 302)


async def _remember(platform: Platform, problem: Problem) -> None:
    """Write the entry that the answer to a problem would have written, had it been one."""
    if problem.recorded_as is None:
        return
    async with platform.database.unit_of_work(audited=False) as session:
        await record(
            session,
            problem.recorded_as,
            "identity",
            f"{problem.title}: GET /auth/oauth/{{provider}}/callback",
            level=Level.WARNING,
            user_id=problem.user_id,
            error_details={"error_code": problem.code, "status": problem.status},
        )
