"""Access tokens: JWT (RFC 9068), one pinned algorithm, every claim required."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from time import time
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
KEPT = 4096  # tokens whose signature need not be checked again


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, secret: str, settings: TokenSettings) -> None:
        self._secret = secret
        self._settings = settings
        self._checked = lru_cache(maxsize=KEPT)(self._check)

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
            user_id, session_id, expires_at = self._checked(token)
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        return (user_id, session_id) if expires_at > time() else None

    def _check(self, token: str) -> tuple[UUID, UUID, float]:
        """Ids and expiry of a token. What is checked here once stays true, so it is kept; a refusal is not."""
        decoded = jwt.decode_complete(
            token,
            self._secret,
            [ALGORITHM],
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            options={"require": REQUIRED},
        )
        if decoded["header"].get("typ") != TYPE:
            raise jwt.InvalidTokenError("not an access token")
        payload = decoded["payload"]
        return UUID(payload["sub"]), UUID(payload["sid"]), float(payload["exp"])
