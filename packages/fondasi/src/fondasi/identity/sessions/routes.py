"""Signing in and out, refreshing, and the caller's sessions."""

from datetime import UTC, datetime
from time import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from fondasi.access import Principal, authenticated, current_principal, login_like, public
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.sessions import repository, service
from fondasi.identity.sessions.browser import (
    clear_refresh_cookie,
    device_token,
    known_device_token,
    refresh_cookie,
    refuse_foreign,
    set_device_cookie,
    set_refresh_cookie,
)
from fondasi.identity.sessions.devices import Device, describe
from fondasi.identity.sessions.errors import (
    ForeignRequest,
    InvalidRefreshToken,
    RefreshTokenJustUsed,
    SecondFactorRequired,
    TooManyTries,
    WrongCredentials,
)
from fondasi.identity.sessions.models import Method, UserSession
from fondasi.identity.sessions.schemas import (
    Credentials,
    RefreshRequest,
    SessionRead,
    SignOutRequest,
    TokenAnswer,
    TokenInfo,
)
from fondasi.identity.sessions.tokens import Tokens, TokenType
from fondasi.kit.http import NotFound, Page, PageParams, Router, Unauthenticated, page_of, raises
from fondasi.kit.http.forms import FormOrJson
from fondasi.platform import Platform

router = Router(tags=["sessions"])


@router.post(
    "/login",
    operation_id="login",
    dependencies=[
        public,
        login_like,
        raises(WrongCredentials, SecondFactorRequired, ForeignRequest, TooManyTries),
    ],
)
async def login(
    request: Request,
    response: Response,
    credentials: Annotated[Credentials, Depends(FormOrJson(Credentials))],
    platform: CurrentPlatform,
) -> TokenAnswer:
    """Sign in with a user name or e-mail address and a password, as a form or as JSON.

    For an account with a second factor the answer is 401 `SECOND_FACTOR_REQUIRED` with a `challenge`, to be sent with
    the code to `POST /login/second-factor`.
    """
    refuse_foreign(request, platform.settings)
    issued = await service.sign_in(
        platform, credentials.username, credentials.password.get_secret_value(), device_of(request)
    )
    return answer_with(request, response, platform, issued, in_body=credentials.refresh_in_body)


# Not `login_like`: a refresh token is 256 random bits, which nobody guesses, and the clients behind one address may
# refresh more often than people sign in. The limit of public routes counts them.
@router.post(
    "/refresh",
    operation_id="refresh",
    dependencies=[public, raises(InvalidRefreshToken, RefreshTokenJustUsed, ForeignRequest)],
)
async def refresh(
    request: Request,
    response: Response,
    platform: CurrentPlatform,
    body: RefreshRequest | None = None,
) -> TokenAnswer:
    """New tokens for the refresh token in the cookie (send `X-Requested-With`) or in the body.

    If the answer is lost, ask again from the same device within 10 seconds.
    """
    body = body or RefreshRequest()
    token = _token_in(body) or refresh_cookie(request, platform.settings)
    if token is None:
        raise InvalidRefreshToken
    device = _device(request, known_device_token(request, platform.settings))
    issued = await service.refresh(platform, token, device)
    return answer_with(request, response, platform, issued, in_body=body.refresh_in_body)


@router.post("/logout", operation_id="logout", status_code=204, dependencies=[public, raises(ForeignRequest)])
async def logout(
    request: Request,
    response: Response,
    platform: CurrentPlatform,
    session: UnitOfWork,
    body: SignOutRequest | None = None,
) -> None:
    """End the session; its tokens stop working at once. Whoever is signed out already gets the same answer."""
    principal = await current_principal(request, keys=True)
    token = None if principal else _token_in(body) or refresh_cookie(request, platform.settings)
    await service.sign_out(session, platform, principal.session_id if principal else None, token)
    clear_refresh_cookie(response, request, platform.settings)


@router.get("/sessions", operation_id="list_sessions")
async def list_sessions(
    page: PageParams, principal: Annotated[Principal, authenticated], session: ReadSession
) -> Page[SessionRead]:
    """Where the caller is signed in, the session used last first."""
    rows, total = await repository.alive_sessions(
        session, principal.user_id, offset=page.offset, limit=page.items_per_page
    )
    return Page[SessionRead](**page_of([_read(row, principal) for row in rows], total, page))


@router.delete("/sessions", operation_id="delete_other_sessions", status_code=204)
async def delete_other_sessions(principal: Annotated[Principal, authenticated], session: UnitOfWork) -> None:
    """Sign out everywhere else."""
    await repository.revoke_sessions_of(session, principal.user_id, except_id=principal.session_id)


@router.delete(
    "/sessions/{session_id}", operation_id="delete_session", status_code=204, dependencies=[raises(NotFound)]
)
async def delete_session(
    session_id: UUID, principal: Annotated[Principal, authenticated], session: UnitOfWork
) -> None:
    """Sign out on one device."""
    await service.end_session(session, principal.user_id, session_id)


@router.get("/auth/token-info", operation_id="read_token_info")
async def read_token_info(
    request: Request, principal: Annotated[Principal, authenticated], platform: CurrentPlatform
) -> TokenInfo:
    """What the token of this request says, for clients that wonder whether to refresh."""
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    claims = await platform.get(Tokens).read(token or request.headers.get("x-session-token", ""))
    if claims is None:
        raise Unauthenticated
    return TokenInfo(
        type="access" if claims.type is TokenType.ACCESS else "session",
        user_id=claims.user_id,
        session_id=claims.session_id,
        username=principal.username,
        issued_at=datetime.fromtimestamp(claims.issued_at, UTC),
        expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
        expires_in=max(0, int(claims.expires_at - time())),
        authenticated_at=principal.authenticated_at,
    )


def answer_with(
    request: Request, response: Response, platform: Platform, issued: service.Issued, *, in_body: bool
) -> TokenAnswer:
    """The answer to a sign-in; the refresh token goes into the cookie, and into the body if asked."""
    set_refresh_cookie(
        response, request, platform.settings, issued.refresh_token, seconds=issued.refresh_seconds
    )
    set_device_cookie(response, request, platform.settings, issued.device_token)
    return TokenAnswer(
        access_token=issued.access_token,
        session_token=issued.session_token,
        expires_in=platform.settings.token.access_minutes * 60,
        session_id=issued.session_id,
        refresh_token=issued.refresh_token if in_body else None,
    )


def _token_in(body: RefreshRequest | SignOutRequest | None) -> str | None:
    return body.refresh_token.get_secret_value() if body and body.refresh_token else None


def device_of(request: Request) -> Device:
    """Where a request comes from."""
    return _device(request, device_token(request, request.app.state.platform.settings))


def _device(request: Request, token: str) -> Device:
    return Device(request.headers.get("user-agent", ""), request.client.host if request.client else "", token)


def _read(row: UserSession, principal: Principal) -> Any:
    client = describe(row.user_agent)
    return SessionRead(
        id=row.id,
        device=client.device,
        browser=client.browser,
        place=row.ip_address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        authenticated_at=row.authenticated_at,
        methods=[Method(method) for method in row.methods],
        current=row.id == principal.session_id,
    )
