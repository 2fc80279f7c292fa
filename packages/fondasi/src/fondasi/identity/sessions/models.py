"""Tables: sessions, their refresh tokens, the keys that sign tokens, failed sign-ins, known places, open questions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit import clock
from fondasi.kit.db import Base, Entity


class Method(StrEnum):
    """How somebody proves who they are."""

    PASSWORD = "password"  # noqa: S105 - a name
    ONE_TIME_PASSWORD = "one_time_password"  # noqa: S105 - a name
    FEDERATION = "federation"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"

    @property
    def proves_both(self) -> bool:
        """Whether it is two factors at once: an authenticator, and what unlocks it for its owner alone."""
        return self is Method.PASSKEY


class UserSession(Entity):
    """A sign-in on one device, and the family of its refresh tokens. Revoking the row ends all its tokens at once.

    `authenticated_at` is when its user last proved who they are, and `methods` how they did so in this session;
    refreshing proves nothing.
    """

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_created_at", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str] = mapped_column(default="")
    ip_address: Mapped[str] = mapped_column(default="")
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)
    authenticated_at: Mapped[datetime] = mapped_column(default=clock.now)
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Entity):
    """A refresh token, as a keyed hash. It is used once; its child is another row of the same session."""

    __tablename__ = "refresh_token"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SigningKey(Base):
    """Half of a key: signing takes the salt and `SECRET_KEY`. One without an end signs, the others only verify."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed tries to sign in on an account or from an address, by a keyed hash of it; the first and the last."""

    __tablename__ = "sign_in_failure"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    began_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class KnownPlace(Base):
    """A device or an address that an account has signed in from, by a keyed hash of both."""

    __tablename__ = "known_place"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SignInChallenge(Entity):
    """Somebody has given the first proof and owes the second factor. The hash binds the token to their device."""

    __tablename__ = "sign_in_challenge"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    challenge_hash: Mapped[bytes] = mapped_column(unique=True)
    method: Mapped[str]
    expires_at: Mapped[datetime]
