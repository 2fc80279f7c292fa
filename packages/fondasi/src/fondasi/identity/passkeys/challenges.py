"""Challenges: 256 random bits that an authenticator signs, once, within five minutes, for one purpose.

The table holds keyed hashes, and whose answer is taken: that of a session, to add a passkey and to step up; of an
account, for the second factor; anybody's, to sign in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.identity.passkeys import repository
from fondasi.identity.passkeys.errors import PasskeyExpired, PasskeyRefused
from fondasi.identity.passkeys.models import PasskeyChallenge, Purpose
from fondasi.identity.sessions import KeyRing
from fondasi.kit import clock

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.platform import Platform

LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32
TIMEOUT = int(LIFE.total_seconds() * 1000)  # milliseconds, for browsers


def encoded(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding.

    Raises:
        PasskeyRefused: it is none.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise PasskeyRefused from None


async def ask(
    session: Session,
    platform: Platform,
    purpose: Purpose,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
) -> str:
    """A new challenge, in base64url.

    Args:
        session: a unit of work.
        platform: the keys.
        purpose: what it is for.
        user_id: the account that may answer; None for anybody.
        session_id: its session that may.
    """
    await repository.sweep_challenges(session, limit=repository.SWEPT)
    challenge = encoded(secrets.token_bytes(CHALLENGE_BYTES))
    session.add(
        PasskeyChallenge(
            challenge_hash=_hash(platform, challenge),
            purpose=purpose,
            user_id=user_id,
            session_id=session_id,
            expires_at=clock.now() + LIFE,
        )
    )
    await session.flush()
    return challenge


async def take(
    platform: Platform,
    purpose: Purpose,
    client_data: str,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
) -> bytes:
    """The challenge that was answered. It is used up before anything else of the answer is looked at.

    Args:
        platform: keys and database.
        purpose: what it has to be for.
        client_data: what the browser says of the answer, in base64url (WebAuthn 3, 5.8.1).
        user_id: who answers, as for `ask`.
        session_id: in which session.

    Raises:
        PasskeyRefused: the answer is malformed.
        PasskeyExpired: it is not open, or not theirs to answer.
    """
    try:
        challenge = json.loads(decoded(client_data))["challenge"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PasskeyRefused from None
    if not isinstance(challenge, str):
        raise PasskeyRefused
    async with platform.database.unit_of_work(audited=False) as session:
        taken = await repository.take_challenge(
            session, _hash(platform, challenge), purpose, user_id, session_id
        )
    if not taken:
        raise PasskeyExpired
    return decoded(challenge)


def _hash(platform: Platform, challenge: str) -> bytes:
    key = platform.get(KeyRing).derive("passkey challenge")
    return hmac.digest(key, challenge.encode("utf-8", "surrogatepass"), hashlib.sha256)
