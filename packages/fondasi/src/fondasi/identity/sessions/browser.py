"""What browsers need: cookies, and protection against requests that other sites make them send.

The cookie of the refresh token is HttpOnly and SameSite=Strict. A request that relies on it also says where it comes
from (`Origin`, `Sec-Fetch-Site`; a page cannot forge them) and carries `X-Requested-With`, which no form can send and
which a script of another origin may send only after CORS allowed it (OWASP CSRF Prevention Cheat Sheet: fetch metadata,
custom header).
"""

from __future__ import annotations

import re
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from fondasi.identity.sessions.errors import ForeignRequest
from fondasi.kit.http.cookies import cookies_of
from fondasi.settings import Environment

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from fondasi.settings import Settings

REQUESTED_WITH = "x-requested-with"
OWN_SITE = frozenset({"same-origin", "none"})
DEVICE, DEVICE_BYTES, DEVICE_SECONDS = "device", 24, 400 * 86400  # browsers keep no cookie for longer
DEVICE_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
KEEPS_COOKIES = ("cookie", "sec-fetch-site", "origin")


def refresh_cookie(request: Request, settings: Settings) -> str | None:
    """The refresh token in the cookie, if there is one.

    Raises:
        ForeignRequest: there is one, but another site may have sent it.
    """
    token = cookies_of(request).get(cookie_name("refresh", request, settings))
    if token is None:
        return None
    refuse_foreign(request, settings)
    if not request.headers.get(REQUESTED_WITH):
        raise ForeignRequest
    return token


def refuse_foreign(request: Request, settings: Settings) -> None:
    """Let a request pass that comes from this site, from an allowed origin, or from no browser.

    Raises:
        ForeignRequest: it comes from another site.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site in OWN_SITE or (site is None and origin is None):
        return
    allowed = {*settings.http.cors_origins} - {"*"}
    if site is None:  # an older browser: compare the addresses
        host = request.headers.get("host", "")
        # Behind a proxy that ends TLS the service itself speaks http.
        allowed |= {f"{request.url.scheme}://{host}", f"https://{host}"}
    if origin not in allowed:
        raise ForeignRequest


def set_refresh_cookie(
    response: Response, request: Request, settings: Settings, token: str, *, seconds: int
) -> None:
    """Give the browser its refresh token."""
    response.set_cookie(
        cookie_name("refresh", request, settings),
        token,
        max_age=seconds,
        path="/",
        secure=is_secure(request, settings),
        httponly=True,
        samesite="strict",
    )


def clear_refresh_cookie(response: Response, request: Request, settings: Settings) -> None:
    """Make the browser forget its refresh token."""
    response.delete_cookie(
        cookie_name("refresh", request, settings),
        path="/",
        secure=is_secure(request, settings),
        httponly=True,
        samesite="strict",
    )


def device_token(request: HTTPConnection, settings: Settings) -> str:
    """What tells this browser from others: what its cookie holds, or a new one; empty for programs, which keep none."""
    if known := known_device_token(request, settings):
        return known
    return token_urlsafe(DEVICE_BYTES) if any(name in request.headers for name in KEEPS_COOKIES) else ""


def known_device_token(request: HTTPConnection, settings: Settings) -> str:
    """What the cookie of the device holds; empty without one."""
    known = cookies_of(request).get(cookie_name(DEVICE, request, settings), "")
    return known if DEVICE_TOKEN.fullmatch(known) else ""


def set_device_cookie(response: Response, request: HTTPConnection, settings: Settings, token: str) -> None:
    """Have a browser that an account has signed in on known again.

    SameSite=Lax, not Strict: providers send the browser back from another site.
    """
    if token:
        response.set_cookie(
            cookie_name(DEVICE, request, settings),
            token,
            max_age=DEVICE_SECONDS,
            path="/",
            secure=is_secure(request, settings),
            httponly=True,
            samesite="lax",
        )


def cookie_name(name: str, request: HTTPConnection, settings: Settings) -> str:
    """The name of a cookie that no other host may set, not even a subdomain; its own name on http in `local`."""
    return f"__Host-{name}" if is_secure(request, settings) else name


def is_secure(request: HTTPConnection, settings: Settings) -> bool:
    """Whether cookies travel by https alone."""
    return settings.environment is not Environment.LOCAL or request.url.scheme == "https"
