"""Access and session tokens: JWT (RFC 9068), one pinned algorithm, every claim required."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt
from jwt.utils import base64url_decode

from fondasi.kit import clock

if TYPE_CHECKING:
    from datetime import datetime

    from fondasi.identity.sessions.keys import KeyRing
    from fondasi.kit.db import Database
    from fondasi.settings import TokenSettings

ALGORITHM = "HS256"
REQUIRED = ["iss", "aud", "exp", "iat", "sub", "sid"]
MAX_LENGTH = 4096
MAX_HEAD = 200
KEY_ID = re.compile(r"[0-9a-f]{16}")
CLOCK_SKEW = 5  # seconds that another machine's clock may be ahead when it issues
KEPT = 4096  # tokens whose signature need not be checked again
MALFORMED = (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError)


class TokenType(StrEnum):
    """What a token is for: the `typ` of its head."""

    ACCESS = "at+jwt"
    SESSION = "st+jwt"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    type: TokenType
    key_id: str
    user_id: UUID
    session_id: UUID
    issued_at: float
    expires_at: float


class UnknownKeyError(Exception):
    """The token names a key that is not in memory."""


class Tokens:
    """Issues and reads access and session tokens.

    Args:
        database: where other processes leave new keys.
        ring: the keys.
        settings: issuer, audience and lives.
    """

    def __init__(self, database: Database, ring: KeyRing, settings: TokenSettings) -> None:
        self._database = database
        self._ring = ring
        self._settings = settings
        self._checked = lru_cache(maxsize=KEPT)(self._check)

    def issue_access(self, key_id: str, user_id: UUID, session_id: UUID, *, until: datetime) -> str:
        """A token for a session, valid for `TOKEN_ACCESS_MINUTES` and no longer than the session."""
        life = timedelta(minutes=self._settings.access_minutes)
        return self._issue(TokenType.ACCESS, key_id, user_id, session_id, min(clock.now() + life, until))

    def issue_session(
        self, key_id: str, user_id: UUID, session_id: UUID, *, until: datetime, profile: dict[str, Any]
    ) -> str:
        """A token for a session that carries the profile for the client's use, valid for `TOKEN_SESSION_DAYS`."""
        end = min(clock.now() + timedelta(days=self._settings.session_days), until)
        return self._issue(TokenType.SESSION, key_id, user_id, session_id, end, profile=profile)

    def _issue(
        self,
        kind: TokenType,
        key_id: str,
        user_id: UUID,
        session_id: UUID,
        until: datetime,
        **more: Any,
    ) -> str:
        key = self._ring.key(key_id, kind)
        if key is None:
            raise LookupError(f"The key {key_id} is not in the ring.")
        claims = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": clock.now(),
            "exp": until,
            **more,
        }
        return jwt.encode(claims, key, ALGORITHM, headers={"typ": kind.value, "kid": key_id})

    async def read(self, token: str) -> Claims | None:
        """What a valid token says, otherwise None. A new key of another process is found here."""
        if len(token) > MAX_LENGTH:
            return None
        try:
            try:
                claims = self._checked(token)
            except UnknownKeyError as unknown:
                if not await self._ring.load(self._database, str(unknown)):
                    return None
                claims = self._checked(token)
        except (*MALFORMED, UnknownKeyError):
            return None
        return claims if claims.expires_at > time() else None

    def _check(self, token: str) -> Claims:
        """What a token says. What is checked here once stays true, so it is kept; a refusal is not."""
        kind, key_id = _head(token)
        key = self._ring.key(key_id, kind)
        if key is None:
            raise UnknownKeyError(key_id)
        payload = jwt.decode(
            token,
            key,
            [ALGORITHM],
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            options={"require": REQUIRED},
            leeway=CLOCK_SKEW,
        )
        _refuse_repeated_claims(token)
        return Claims(
            kind,
            key_id,
            UUID(payload["sub"]),
            UUID(payload["sid"]),
            float(payload["iat"]),
            float(payload["exp"]),
        )


def _head(token: str) -> tuple[TokenType, str]:
    """Type and key id; the head holds these and the algorithm, and nothing else."""
    encoded, dot, _ = token.partition(".")
    if not dot or len(encoded) > MAX_HEAD:
        raise jwt.InvalidTokenError("not a token of ours")
    head = json.loads(base64url_decode(encoded), object_pairs_hook=_unique)
    if set(head) != {"alg", "typ", "kid"} or head["alg"] != ALGORITHM:
        raise jwt.InvalidTokenError("not a token of ours")
    if not KEY_ID.fullmatch(head["kid"]):
        raise jwt.InvalidTokenError("not a key of ours")
    return TokenType(head["typ"]), head["kid"]


def _refuse_repeated_claims(token: str) -> None:
    json.loads(base64url_decode(token.split(".")[1]), object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise jwt.InvalidTokenError("a name is repeated")
    return found
