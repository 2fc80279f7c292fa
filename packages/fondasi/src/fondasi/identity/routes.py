"""Sign in, sign out, and the caller's own account."""

from typing import Annotated

from fastapi import Depends, Request

from fondasi.access import Principal, authenticated, public
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity import repository, service
from fondasi.identity.models import User
from fondasi.identity.schemas import AccessToken, Credentials, UserRead
from fondasi.identity.tokens import AccessTokens
from fondasi.kit.http import NotFound, Router
from fondasi.kit.http.forms import form_or_json

router = Router(tags=["identity"])
read_credentials, credentials_body = form_or_json(Credentials)


@router.post("/login", operation_id="login", dependencies=[public], openapi_extra=credentials_body)
async def login(
    request: Request,
    credentials: Annotated[Credentials, Depends(read_credentials)],
    platform: CurrentPlatform,
) -> AccessToken:
    """Sign in with a user name or e-mail address and a password, as a form or as JSON."""
    settings = platform.settings.token
    device = service.Device(
        request.headers.get("user-agent", ""), request.client.host if request.client else ""
    )
    opened = await service.sign_in(
        platform.database, credentials.username, credentials.password.get_secret_value(), device, settings
    )
    return AccessToken(
        access_token=platform.get(AccessTokens).issue(opened.user_id, opened.id),
        expires_in=settings.access_minutes * 60,
        session_id=opened.id,
    )


@router.post("/logout", operation_id="logout", status_code=204)
async def logout(principal: Annotated[Principal, authenticated], session: UnitOfWork) -> None:
    """End the session; its access tokens stop working at once."""
    await repository.revoke_session(session, principal.session_id)


@router.get("/users/me", operation_id="read_own_user", response_model=UserRead)
async def read_own_user(principal: Annotated[Principal, authenticated], session: ReadSession) -> User:
    """The caller's own account."""
    user = await repository.user_by_id(session, principal.user_id)
    if user is None:
        raise NotFound("The account was deleted.")
    return user
