"""The cookie that binds a sign-in to the browser that began it.

SameSite=Lax, not Strict: the provider sends the browser back from another site. All tabs of a browser share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.identity.sessions import cookie_name, is_secure
from fondasi.kit.http.cookies import cookies_of

if TYPE_CHECKING:
    from fastapi import Request, Response

    from fondasi.settings import Settings

NAME = "oauth"
SECONDS = 600


def browser_secret(request: Request, settings: Settings) -> str | None:
    """The secret of this browser, if it is on its way to a provider."""
    return cookies_of(request).get(cookie_name(NAME, request, settings))


def set_browser_secret(response: Response, request: Request, settings: Settings, secret: str) -> None:
    """Give the browser its secret for ten minutes."""
    response.set_cookie(
        cookie_name(NAME, request, settings),
        secret,
        max_age=SECONDS,
        path="/",
        secure=is_secure(request, settings),
        httponly=True,
        samesite="lax",
    )
