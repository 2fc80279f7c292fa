"""Routes of a tenant's webhooks: those of the platform, for the tenant's events."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from fondasi.dependencies import CurrentPlatform, TenantReadSession, TenantUnitOfWork
from fondasi.kit.http import Router, Wanted, raises, secret_answer
from fondasi.tenancy import Member, in_tenant_path, require_in_tenant
from fondasi.webhooks import deliveries, service
from fondasi.webhooks.errors import DeliveryNotThere, SentTooOften, TooManyWebhooks, WebhookNotThere
from fondasi.webhooks.lists import deliveries_listed, webhooks_listed
from fondasi.webhooks.models import TenantWebhook, TenantWebhookDelivery
from fondasi.webhooks.permissions import MANAGE_INSIDE, VIEW_INSIDE
from fondasi.webhooks.schemas import (
    DeliveryDetails,
    DeliveryRead,
    EventList,
    SecretRotation,
    WebhookCreate,
    WebhookCreated,
    WebhookRead,
    WebhookUpdate,
)
from fondasi.webhooks.service import Desk

inside = Router(prefix="/tenants/{tenant_id}/webhooks", tags=["webhooks"], dependencies=[in_tenant_path])
Viewer = Annotated[Member, require_in_tenant(VIEW_INSIDE)]
Manager = Annotated[Member, require_in_tenant(MANAGE_INSIDE)]
WEBHOOKS, DELIVERIES = webhooks_listed(TenantWebhook), deliveries_listed(TenantWebhookDelivery)


@inside.get("/events", operation_id="list_tenant_webhook_events")
async def list_tenant_webhook_events(member: Viewer, platform: CurrentPlatform) -> EventList:
    """The events that can be sent, and what they tell."""
    return EventList(events=service.events_for(platform, _desk(member).tenant_id))


@inside.get("", operation_id="list_tenant_webhooks", **WEBHOOKS.answers)
async def list_tenant_webhooks(
    wanted: Annotated[Wanted, WEBHOOKS.wanted], member: Viewer, session: TenantReadSession
) -> Response:
    """The tenant's webhooks, newest first."""
    return await wanted.answer(session, TenantWebhook.of_tenant(member.tenant_id))


@inside.post(
    "",
    operation_id="create_tenant_webhook",
    status_code=201,
    dependencies=[secret_answer, raises(TooManyWebhooks)],
)
async def create_tenant_webhook(
    new: WebhookCreate, member: Manager, platform: CurrentPlatform, session: TenantUnitOfWork
) -> WebhookCreated:
    """Have the tenant's events sent to an address. The secret that signs them is in this answer and nowhere else."""
    return await service.create_webhook(session, platform, _desk(member), new)


@inside.get("/{webhook_id}", operation_id="read_tenant_webhook", dependencies=[raises(WebhookNotThere)])
async def read_tenant_webhook(webhook_id: UUID, member: Viewer, session: TenantReadSession) -> WebhookRead:
    """A webhook."""
    return await service.read_webhook(session, _desk(member), webhook_id)


@inside.patch("/{webhook_id}", operation_id="update_tenant_webhook", dependencies=[raises(WebhookNotThere)])
async def update_tenant_webhook(
    webhook_id: UUID,
    changes: WebhookUpdate,
    member: Manager,
    platform: CurrentPlatform,
    session: TenantUnitOfWork,
) -> WebhookRead:
    """Change a webhook, disable it, or enable it again."""
    return await service.update_webhook(session, platform, _desk(member), webhook_id, changes)


@inside.delete(
    "/{webhook_id}",
    operation_id="delete_tenant_webhook",
    status_code=204,
    dependencies=[raises(WebhookNotThere)],
)
async def delete_tenant_webhook(
    webhook_id: UUID, member: Manager, platform: CurrentPlatform, session: TenantUnitOfWork
) -> None:
    """Delete a webhook with its deliveries."""
    await service.delete_webhook(session, platform, _desk(member), webhook_id)


@inside.post(
    "/{webhook_id}/secret",
    operation_id="renew_tenant_webhook_secret",
    dependencies=[secret_answer, raises(WebhookNotThere)],
)
async def renew_tenant_webhook_secret(
    webhook_id: UUID,
    rotation: SecretRotation,
    member: Manager,
    platform: CurrentPlatform,
    session: TenantUnitOfWork,
) -> WebhookCreated:
    """Replace the secret. The one before signs beside the new one for a while."""
    return await service.rotate_secret(session, platform, _desk(member), webhook_id, rotation.grace_hours)


@inside.post(
    "/{webhook_id}/ping",
    operation_id="check_tenant_webhook",
    status_code=202,
    dependencies=[raises(WebhookNotThere, SentTooOften)],
)
async def check_tenant_webhook(webhook_id: UUID, member: Manager, session: TenantUnitOfWork) -> DeliveryRead:
    """Send a test event, `webhook.ping`; also to a webhook that is disabled."""
    return await deliveries.ping(session, _desk(member), webhook_id)


@inside.get(
    "/{webhook_id}/deliveries",
    operation_id="list_tenant_webhook_deliveries",
    dependencies=[raises(WebhookNotThere)],
    **DELIVERIES.answers,
)
async def list_tenant_webhook_deliveries(
    webhook_id: UUID,
    wanted: Annotated[Wanted, DELIVERIES.wanted],
    member: Viewer,
    session: TenantReadSession,
) -> Response:
    """What was sent to a webhook, newest first."""
    sent = await deliveries.sent_to(session, _desk(member), webhook_id)
    return await wanted.answer(session, *sent, shape=deliveries.shown)


@inside.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    operation_id="read_tenant_webhook_delivery",
    dependencies=[raises(DeliveryNotThere)],
)
async def read_tenant_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, member: Viewer, session: TenantReadSession
) -> DeliveryDetails:
    """A delivery: what was sent, each try, and what came back."""
    return await deliveries.read_delivery(session, _desk(member), webhook_id, delivery_id)


@inside.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    operation_id="resend_tenant_webhook_delivery",
    status_code=202,
    dependencies=[raises(DeliveryNotThere, SentTooOften)],
)
async def resend_tenant_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, member: Manager, session: TenantUnitOfWork
) -> DeliveryRead:
    """Send a delivery again, with the same `webhook-id`."""
    return await deliveries.redeliver(session, _desk(member), webhook_id, delivery_id)


def _desk(member: Member) -> Desk:
    return Desk(member.user_id, member.tenant_id)
