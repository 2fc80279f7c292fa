"""Table: sign-ins that are under way at a provider."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity


class AuthorizationRequest(Entity):
    """Somebody was sent to a provider. The row is deleted when they come back, so that its state works once.

    State and browser are kept as keyed hashes; the nonce and the code verifier follow from them and are not kept. With
    an account and its session it is a request to link.
    """

    __tablename__ = "authorization_request"

    provider: Mapped[str]
    state_hash: Mapped[bytes] = mapped_column(unique=True)
    browser_hash: Mapped[bytes]
    redirect_uri: Mapped[str]
    return_to: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
