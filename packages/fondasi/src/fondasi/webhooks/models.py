"""Tables: webhooks and their deliveries, those of the platform and those of tenants."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from typing import Any
from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, TenantScoped, tenant_reference

PENDING = text("status = 'pending'")


class DisabledBecause(StrEnum):
    """Why a webhook gets nothing: somebody switched it off, its receiver said 410, or nothing reached it for days."""

    HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class _Webhook:
    """Where events go.

    Attributes:
        events: names of those that are sent; `*` is all of them.
        sealed_secret: what signs, sealed and bound to the id.
        previous_secret: what signed before and still signs beside it, until `previous_until`.
        disabled_because: None while it is enabled.
        failures: how many requests in a row found nobody, or a server in trouble.
        failing_since: the first failure after which nothing was delivered.
        full_since: so many deliveries wait since then that events are left out.
        resumes_at: nothing is sent before, for the receiver is in trouble, or asked to wait.
    """

    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed_secret: Mapped[bytes]
    previous_secret: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    disabled_because: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    full_since: Mapped[datetime | None]
    resumes_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]


class Webhook(_Webhook, Entity):
    """A webhook of the platform's administrators."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("disabled_because IN ('by_hand', 'gone', 'failing')", name="disabled_because"),
    )

    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)


class TenantWebhook(_Webhook, TenantScoped):
    """A webhook of a tenant."""

    __tablename__ = "tenant_webhook"
    __table_args__ = (
        CheckConstraint("disabled_because IN ('by_hand', 'gone', 'failing')", name="disabled_because"),
        tenant_reference("created_by", "membership", referred="user_id", ondelete="SET NULL (created_by)"),
        Index("ix_tenant_webhook_created_by", "tenant_id", "created_by"),
    )

    created_by: Mapped[UUID | None]


class _Delivery:
    """An event on its way to a webhook.

    Attributes:
        event: its name.
        body: what is sent, to the byte.
        attempts: how often it was tried since it was made, or sent again by hand.
        tries: the last of them, as `Try`.
        answer: the first characters of the last answer.
        due_at: when it is tried next; None when it is done with.
    """

    event: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    answer: Mapped[str | None]
    due_at: Mapped[datetime | None]


class WebhookDelivery(_Delivery, Entity):
    """A delivery to a webhook of the platform."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status"),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "created_at", "id"),
        Index("ix_webhook_delivery_created_at", "created_at"),
        Index("ix_webhook_delivery_pending", "webhook_id", postgresql_where=PENDING),
    )

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))


class TenantWebhookDelivery(_Delivery, TenantScoped):
    """A delivery to a webhook of a tenant."""

    __tablename__ = "tenant_webhook_delivery"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status"),
        tenant_reference("webhook_id", "tenant_webhook"),
        Index("ix_tenant_webhook_delivery_webhook_id", "tenant_id", "webhook_id", "created_at", "id"),
        Index("ix_tenant_webhook_delivery_created_at", "tenant_id", "created_at"),
        Index("ix_tenant_webhook_delivery_pending", "tenant_id", "webhook_id", postgresql_where=PENDING),
    )

    webhook_id: Mapped[UUID]


AnyWebhook = Webhook | TenantWebhook
AnyDelivery = WebhookDelivery | TenantWebhookDelivery
