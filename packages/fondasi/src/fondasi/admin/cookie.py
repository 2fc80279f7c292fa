"""The cookie of the panel: a session token that no script reads, no other site sends, and `/admin` alone gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.settings import Environment

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from fondasi.settings import Settings

PATH = "/admin"


def session_cookie(connection: HTTPConnection, settings: Settings) -> str | None:
    """The session token in the cookie, if there is one."""
    return connection.cookies.get(_name(connection, settings))


def set_session_cookie(
    response: Response, connection: HTTPConnection, settings: Settings, token: str
) -> None:
    """Give the browser its session token, until it is closed."""
    response.set_cookie(
        _name(connection, settings),
        token,
        path=PATH,
        secure=_secure(connection, settings),
        httponly=True,
        samesite="strict",
    )


def clear_session_cookie(response: Response, connection: HTTPConnection, settings: Settings) -> None:
    """Make the browser forget its session token."""
    response.delete_cookie(
        _name(connection, settings),
        path=PATH,
        secure=_secure(connection, settings),
        httponly=True,
        samesite="strict",
    )


def _name(connection: HTTPConnection, settings: Settings) -> str:
    return "__Secure-admin" if _secure(connection, settings) else "admin"


def _secure(connection: HTTPConnection, settings: Settings) -> bool:
    return settings.environment is not Environment.LOCAL or connection.url.scheme == "https"
