"""The cookie of the panel: a session token that no script reads, no other site sends, and no other host can set.

`__Host-` asks for `Path=/` (RFC 6265bis, 4.1.3.2), so the routes of the API receive it too; they do not look at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.identity import cookie_name, is_secure
from fondasi.kit.http.cookies import cookies_of

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from fondasi.settings import Settings

NAME, PATH = "admin", "/"


def session_cookie(connection: HTTPConnection, settings: Settings) -> str | None:
    """The session token in the cookie, if there is one."""
    return cookies_of(connection).get(cookie_name(NAME, connection, settings))


def set_session_cookie(
    response: Response, connection: HTTPConnection, settings: Settings, token: str
) -> None:
    """Give the browser its session token, until it is closed."""
    response.set_cookie(
        cookie_name(NAME, connection, settings),
        token,
        path=PATH,
        secure=is_secure(connection, settings),
        httponly=True,
        samesite="strict",
    )


def clear_session_cookie(response: Response, connection: HTTPConnection, settings: Settings) -> None:
    """Make the browser forget its session token."""
    response.delete_cookie(
        cookie_name(NAME, connection, settings),
        path=PATH,
        secure=is_secure(connection, settings),
        httponly=True,
        samesite="strict",
    )
