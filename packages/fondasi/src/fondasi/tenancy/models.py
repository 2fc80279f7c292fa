"""Tables: tenants, who belongs to them with which role and permissions, and invitations.

Row-level security (migration 0010) shows a transaction the rows of its tenant. A user sees their own memberships, and
through them their tenants, in a transaction that names them. Triggers keep an owner in every tenant.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit import clock
from fondasi.kit.db import Entity, TenantOwned, TenantScoped, Versioned, tenant_unique


class TenantStatus(StrEnum):
    """Whether a tenant can be used: `inactive` was closed by an owner, `disabled` suspended by the platform."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    DISABLED = "disabled"


class Role(StrEnum):
    """What a member is. Each role holds what the one before it holds."""

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class InvitationStatus(StrEnum):
    """What became of an invitation; a pending one may have expired."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class Tenant(Entity, Versioned):
    """An organisation, department or team, with data of its own. It owns no accounts."""

    __tablename__ = "tenant"
    __table_args__ = (CheckConstraint("status IN ('inactive', 'active', 'disabled')", name="status"),)

    name: Mapped[str] = mapped_column(index=True)
    description: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default=TenantStatus.ACTIVE)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)


class Membership(TenantOwned):
    """A user belongs to a tenant, by their own consent. Its key is what tables of tenants refer to people by."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('member', 'admin', 'owner')", name="role"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(default=Role.MEMBER)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        default=clock.now, onupdate=clock.now, server_default=func.now()
    )

    @classmethod
    def of_user(cls, user_id: UUID) -> ColumnElement[bool]:
        """A user's memberships, for a WHERE clause; see `of_tenant`."""
        return cls.user_id == user_id


class MembershipPermission(TenantOwned):
    """A permission that a member holds beside those of their role."""

    __tablename__ = "membership_permission"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["membership.tenant_id", "membership.user_id"], ondelete="CASCADE"
        ),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class Invitation(TenantScoped):
    """An e-mail address was asked to join. The token is in the message alone; here is its hash."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'admin')", name="role"),
        CheckConstraint("status IN ('pending', 'accepted', 'declined', 'revoked')", name="status"),
        tenant_unique("token_hash"),
        Index(
            "uq_invitation_pending_email",
            "tenant_id",
            "email",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
    )

    email: Mapped[str]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default=InvitationStatus.PENDING)
    token_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)

    @property
    def is_expired(self) -> bool:
        """Whether it came too late to be accepted now."""
        return self.status == InvitationStatus.PENDING and self.expires_at <= clock.now()
