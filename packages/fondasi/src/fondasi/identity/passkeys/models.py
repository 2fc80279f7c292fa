"""Table: challenges that authenticators are to sign. Passkeys are in `identity.models`: all its parts read them."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity


class Purpose(StrEnum):
    """What a challenge is for; it serves for nothing else."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"


class PasskeyChallenge(Entity):
    """A challenge, as a keyed hash, and who may answer it: anybody who signs in, an account, or a session of it.

    The row is deleted by the first answer, right or wrong, so that a challenge serves once.
    """

    __tablename__ = "passkey_challenge"

    challenge_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
