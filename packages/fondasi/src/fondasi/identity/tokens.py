"""Access tokens: JWT (RFC 9068), one pinned algorithm, every claim required."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt

from fondasi.kit import clock

if TYPE_CHECKING:
    from fondasi.settings import TokenSettings

ALGORITHM = "HS256"
TYPE = "at+jwt"
REQUIRED = ["iss", "aud", "exp", "iat", "sub", "sid"]
MAX_LENGTH = 4096


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, secret: str, settings: TokenSettings) -> None:
        self._secret = secret
        self._settings = settings

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """A token for a session, valid for `TOKEN_ACCESS_MINUTES`."""
        now = clock.now()
        claims: dict[str, Any] = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": now,
            "exp": now + timedelta(minutes=self._settings.access_minutes),
        }
        return jwt.encode(claims, self._secret, ALGORITHM, headers={"typ": TYPE})

    def read(self, token: str) -> tuple[UUID, UUID] | None:
        """User id and session id of a valid token, otherwise None."""
        if len(token) > MAX_LENGTH:
            return None
        try:
            decoded = jwt.decode_complete(
                token,
                self._secret,
                [ALGORITHM],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                options={"require": REQUIRED},
            )
            if decoded["header"].get("typ") != TYPE:
                return None
            return UUID(decoded["payload"]["sub"]), UUID(decoded["payload"]["sid"])
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError):
            return None
