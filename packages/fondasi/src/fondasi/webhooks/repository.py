"""Queries for webhooks and their deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, literal_column, select, text, update

from fondasi.identity import User
from fondasi.kit import clock
from fondasi.kit.db import driver_connection
from fondasi.tenancy import Membership, Role
from fondasi.webhooks.models import (
    TenantWebhook,
    TenantWebhookDelivery,
    Webhook,
    WebhookDelivery,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select

    from fondasi.kit.db import Session
    from fondasi.webhooks.models import AnyDelivery, AnyWebhook

ALL = "*"
SUBSCRIBED = """
SELECT id, failing_since IS NOT NULL FROM webhook WHERE events && $1::text[] AND disabled_because IS NULL FOR KEY SHARE
"""
SUBSCRIBED_IN_TENANT = """
SELECT id, failing_since IS NOT NULL FROM tenant_webhook
WHERE tenant_id = $2 AND events && $1::text[] AND disabled_because IS NULL FOR KEY SHARE
"""


async def take_turns(session: Session, tenant_id: UUID | None) -> None:
    """Let those who add webhooks take turns until the unit of work ends, so that their number is exact."""
    key = f"webhooks {tenant_id or ''}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 2))"), {"key": key})


async def count_webhooks(session: Session, tenant_id: UUID | None) -> int:
    """How many there are."""
    model, owned = _webhooks(tenant_id)
    return await session.scalar(select(func.count()).select_from(model).where(*owned)) or 0


async def get_webhook(
    session: Session, tenant_id: UUID | None, webhook_id: UUID, *, locked: bool = False
) -> AnyWebhook | None:
    """A webhook, as it is now where it is locked."""
    model, owned = _webhooks(tenant_id)
    query = _select(model).where(model.id == webhook_id, *owned)
    if locked:
        # Whoever writes a delivery goes on meanwhile.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found: AnyWebhook | None = (await session.scalars(query)).first()
    return found


async def subscribed(session: Session, tenant_id: UUID | None, event: str) -> list[tuple[UUID, bool]]:
    """The enabled webhooks that get an event, each with whether it fails; none is deleted until the unit of work ends.

    In the driver's own SQL, for each event of every request asks it, and mostly there are none.
    """
    driver = await driver_connection(session)
    if tenant_id is None:
        rows = await driver.fetch(SUBSCRIBED, [event, ALL])
    else:
        rows = await driver.fetch(SUBSCRIBED_IN_TENANT, [event, ALL], tenant_id)
    return [(row[0], row[1]) for row in rows]


async def is_full(session: Session, tenant_id: UUID | None, webhook_id: UUID, most: int) -> bool:
    """Whether so many deliveries wait for a webhook."""
    model, owned = _deliveries(tenant_id)
    waiting = select(model.id).where(
        model.webhook_id == webhook_id, model.status == literal_column("'pending'"), *owned
    )
    return await session.scalar(waiting.order_by(None).offset(most - 1).limit(1)) is not None


async def note_full(session: Session, tenant_id: UUID | None, webhook_id: UUID) -> bool:
    """Say that events are left out; False where somebody said so before."""
    model, owned = _webhooks(tenant_id)
    first = update(model).where(model.id == webhook_id, model.full_since.is_(None), *owned)
    return await session.scalar(first.values(full_since=clock.now()).returning(model.id)) is not None


def new_delivery(tenant_id: UUID | None, **fields: Any) -> AnyDelivery:
    """A delivery, of a tenant or of the platform."""
    if tenant_id is None:
        return WebhookDelivery(**fields)
    return TenantWebhookDelivery(tenant_id=tenant_id, **fields)


async def get_delivery(
    session: Session, tenant_id: UUID | None, delivery_id: UUID, *, webhook_id: UUID | None = None
) -> AnyDelivery | None:
    """A delivery, of any webhook or of one."""
    model, owned = _deliveries(tenant_id)
    query = _select(model).where(model.id == delivery_id, *owned)
    if webhook_id is not None:
        query = query.where(model.webhook_id == webhook_id)
    found: AnyDelivery | None = (await session.scalars(query)).first()
    return found


def sent_to(tenant_id: UUID | None, webhook_id: UUID) -> list[ColumnElement[bool]]:
    """What holds for the deliveries of a webhook."""
    model, owned = _deliveries(tenant_id)
    return [model.webhook_id == webhook_id, *owned]


async def delete_old(session: Session, tenant_id: UUID | None, *, before: datetime, limit: int) -> int:
    """Delete deliveries that were made before a moment, at most `limit`; how many."""
    model, owned = _deliveries(tenant_id)
    some = select(model.id).where(model.created_at < before, *owned).limit(limit)
    rows = await session.scalars(delete(model).where(model.id.in_(some), *owned).returning(model.id))
    return len(rows.all())


async def forget_secrets(session: Session, tenant_id: UUID | None, *, before: datetime) -> None:
    """Remove secrets that sign no more."""
    model, owned = _webhooks(tenant_id)
    ended = update(model).where(model.previous_until < before, *owned)
    await session.execute(ended.values(previous_secret=None, previous_until=None))


async def people_to_tell(session: Session, tenant_id: UUID | None, made_by: UUID | None) -> Sequence[User]:
    """Who hears of a webhook in trouble: who made it, or the tenant's owners when they left."""
    query = select(User).where(User.email.is_not(None), User.deleted_at.is_(None))
    if made_by is not None:
        query = query.where(User.id == made_by)
    elif tenant_id is not None:
        owners = select(Membership.user_id).where(
            Membership.of_tenant(tenant_id), Membership.role == Role.OWNER
        )
        query = query.where(User.id.in_(owners))
    else:
        return []
    return (await session.scalars(query)).all()


def _select(model: type[AnyWebhook | AnyDelivery]) -> Select[tuple[Any]]:
    return select(model)


def _webhooks(tenant_id: UUID | None) -> tuple[type[AnyWebhook], list[ColumnElement[bool]]]:
    return (Webhook, []) if tenant_id is None else (TenantWebhook, [TenantWebhook.of_tenant(tenant_id)])


def _deliveries(tenant_id: UUID | None) -> tuple[type[AnyDelivery], list[ColumnElement[bool]]]:
    if tenant_id is None:
        return WebhookDelivery, []
    return TenantWebhookDelivery, [TenantWebhookDelivery.of_tenant(tenant_id)]
