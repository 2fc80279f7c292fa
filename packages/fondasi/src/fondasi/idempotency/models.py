"""What was done with which key, and what was answered."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base, TenantOwned


class KeptAnswer:
    """Mixin: an answer under its key.

    Attributes:
        id: a keyed digest of the tenant, the caller and their key. The key itself is not kept.
        fingerprint: a keyed digest of the request.
        status: of the answer.
        head: its headers as JSON, a list of pairs; None where the answer is not kept.
        body: of the answer; None where it is not kept.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    head: Mapped[str | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime]


class IdempotencyKey(KeptAnswer, Base):
    """Of a request outside tenants."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        Index("ix_idempotency_key_user_id_created_at", "user_id", "created_at"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )


class TenantIdempotencyKey(KeptAnswer, TenantOwned):
    """Of a request inside a tenant."""

    __tablename__ = "tenant_idempotency_key"
    __table_args__ = (
        Index("ix_tenant_idempotency_key_user_id", "user_id"),
        Index("ix_tenant_idempotency_key_created_at", "tenant_id", "created_at"),
    )
