"""The key ring: which keys sign and verify tokens, rotated without a restart.

A key is derived from `SECRET_KEY` and a random salt in the database: neither the settings nor a copy of the database
alone can sign. Every use has a key of its own, so that a token of one kind is never a valid one of another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select, text, update

from fondasi.identity.sessions.models import SigningKey
from fondasi.kit import clock
from fondasi.kit.db import driver_connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from fondasi.kit.db import Database, Session

SALT_BYTES = 32
ID_BYTES = 8
_ONE_AT_A_TIME = 0x6B657973  # "keys": an advisory lock, so that processes that start together make one key
_LIVE = or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > text("now()"))
NEWEST = "SELECT id, salt FROM signing_key WHERE expires_at IS NULL ORDER BY created_at DESC LIMIT 1"


class Key(NamedTuple):
    """What signs: its id, and the salt that its secrets are derived with."""

    id: str
    salt: bytes


class KeyRing:
    """Keys by id, kept in memory once read; whether one is still valid is asked of the database every time.

    Args:
        secret: `SECRET_KEY`.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._salts: dict[str, bytes] = {}

    def key(self, key_id: str, use: str) -> bytes | None:
        """The key for a use, when the ring has it."""
        salt = self._salts.get(key_id)
        return None if salt is None else self.derive(use, salt)

    def derive(self, use: str, salt: bytes = b"") -> bytes:
        """A key for a use (HKDF in one step: RFC 5869 with a key that is uniform already)."""
        return hmac.digest(self._secret, b"fondasi\0" + use.encode() + b"\0" + salt, hashlib.sha256)

    async def load(self, database: Database, key_id: str) -> bool:
        """Look for a key that another process has made; whether there is one."""
        async with database.read_session(fresh=True) as session:
            salt = await session.scalar(select(SigningKey.salt).where(SigningKey.id == key_id, _LIVE))
        if salt is None:
            return False
        self._salts[key_id] = salt
        return True

    async def current(self, session: Session) -> str:
        """The id of the key that signs now; the first one is made here."""
        key = await _newest(session)
        if key is None:
            await session.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
            key = await _newest(session) or await _make(session)
        self._salts[key.id] = key.salt
        return key.id


async def rotate(session: Session, *, overlap: timedelta) -> str:
    """Make a new key that signs from now on; the id.

    Args:
        session: a unit of work.
        overlap: how long the older keys still verify; zero ends their tokens at once.
    """
    end = clock.now() + overlap
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    await session.execute(
        update(SigningKey)
        .where(or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > end))
        .values(expires_at=end)
    )
    return (await _make(session)).id


async def newest_id(session: Session) -> str | None:
    """The id of the key that signs; None before the first one was made."""
    key = await _newest(session)
    return key.id if key else None


async def keys(session: Session) -> Sequence[SigningKey]:
    """All keys, the newest first."""
    return (await session.scalars(select(SigningKey).order_by(SigningKey.created_at.desc()))).all()


async def _newest(session: Session) -> Key | None:
    driver = await driver_connection(session)  # its own SQL, for every sign-in asks for it
    row = await driver.fetchrow(NEWEST)
    return Key(*row) if row else None


async def _make(session: Session) -> Key:
    key = Key(secrets.token_hex(ID_BYTES), secrets.token_bytes(SALT_BYTES))
    session.add(SigningKey(id=key.id, salt=key.salt, expires_at=None))
    await session.flush()
    return key
