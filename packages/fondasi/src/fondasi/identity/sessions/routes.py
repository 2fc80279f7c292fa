"""Sign in and sign out."""

from typing import Annotated

from fastapi import Depends, Request

from fondasi.access import Principal, authenticated, login_like, public
from fondasi.dependencies import CurrentPlatform, UnitOfWork
from fondasi.identity.sessions import repository, service
from fondasi.identity.sessions.schemas import AccessToken, Credentials
from fondasi.identity.sessions.tokens import AccessTokens
from fondasi.kit.http import Router
from fondasi.kit.http.forms import form_or_json

router = Router(tags=["identity"])
read_credentials, credentials_body = form_or_json(Credentials)


@router.post(
    "/login", operation_id="login", dependencies=[public, login_like], openapi_extra=credentials_body
)
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
