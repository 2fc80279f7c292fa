"""Routes of the platform's webhooks."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from fondasi.access import Principal, require
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.kit.http import Router, Wanted, raises, secret_answer
from fondasi.webhooks import deliveries, service
from fondasi.webhooks.errors import DeliveryNotThere, SentTooOften, TooManyWebhooks, WebhookNotThere
from fondasi.webhooks.lists import deliveries_listed, webhooks_listed
from fondasi.webhooks.models import Webhook, WebhookDelivery
from fondasi.webhooks.permissions import MANAGE, VIEW
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

router = Router(prefix="/webhooks", tags=["webhooks"])
Viewer = Annotated[Principal, require(VIEW)]
Manager = Annotated[Principal, require(MANAGE)]
WEBHOOKS, DELIVERIES = webhooks_listed(Webhook), deliveries_listed(WebhookDelivery)


@router.get("/events", operation_id="list_webhook_events")
async def list_webhook_events(caller: Viewer, platform: CurrentPlatform) -> EventList:
    """The events that can be sent, and what they tell."""
    return EventList(events=service.events_for(platform, _desk(caller).tenant_id))


@router.get("", operation_id="list_webhooks", dependencies=[require(VIEW)], **WEBHOOKS.answers)
async def list_webhooks(wanted: Annotated[Wanted, WEBHOOKS.wanted], session: ReadSession) -> Response:
    """The platform's webhooks, newest first."""
    return await wanted.answer(session)


@router.post(
    "", operation_id="create_webhook", status_code=201, dependencies=[secret_answer, raises(TooManyWebhooks)]
)
async def create_webhook(
    new: WebhookCreate, caller: Manager, platform: CurrentPlatform, session: UnitOfWork
) -> WebhookCreated:
    """Have events sent to an address. The secret that signs them is in this answer and nowhere else."""
    return await service.create_webhook(session, platform, _desk(caller), new)


@router.get("/{webhook_id}", operation_id="read_webhook", dependencies=[raises(WebhookNotThere)])
async def read_webhook(webhook_id: UUID, caller: Viewer, session: ReadSession) -> WebhookRead:
    """A webhook."""
    return await service.read_webhook(session, _desk(caller), webhook_id)


@router.patch("/{webhook_id}", operation_id="update_webhook", dependencies=[raises(WebhookNotThere)])
async def update_webhook(
    webhook_id: UUID,
    changes: WebhookUpdate,
    caller: Manager,
    platform: CurrentPlatform,
    session: UnitOfWork,
) -> WebhookRead:
    """Change a webhook, disable it, or enable it again."""
    return await service.update_webhook(session, platform, _desk(caller), webhook_id, changes)


@router.delete(
    "/{webhook_id}",
    operation_id="delete_webhook",
    status_code=204,
    dependencies=[raises(WebhookNotThere)],
)
async def delete_webhook(
    webhook_id: UUID, caller: Manager, platform: CurrentPlatform, session: UnitOfWork
) -> None:
    """Delete a webhook with its deliveries."""
    await service.delete_webhook(session, platform, _desk(caller), webhook_id)


@router.post(
    "/{webhook_id}/secret",
    operation_id="renew_webhook_secret",
    dependencies=[secret_answer, raises(WebhookNotThere)],
)
async def renew_webhook_secret(
    webhook_id: UUID,
    rotation: SecretRotation,
    caller: Manager,
    platform: CurrentPlatform,
    session: UnitOfWork,
) -> WebhookCreated:
    """Replace the secret. The one before signs beside the new one for a while."""
    return await service.rotate_secret(session, platform, _desk(caller), webhook_id, rotation.grace_hours)


@router.post(
    "/{webhook_id}/ping",
    operation_id="check_webhook",
    status_code=202,
    dependencies=[raises(WebhookNotThere, SentTooOften)],
)
async def check_webhook(webhook_id: UUID, caller: Manager, session: UnitOfWork) -> DeliveryRead:
    """Send a test event, `webhook.ping`; also to a webhook that is disabled."""
    return await deliveries.ping(session, _desk(caller), webhook_id)


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="list_webhook_deliveries",
    dependencies=[raises(WebhookNotThere)],
    **DELIVERIES.answers,
)
async def list_webhook_deliveries(
    webhook_id: UUID, wanted: Annotated[Wanted, DELIVERIES.wanted], caller: Viewer, session: ReadSession
) -> Response:
    """What was sent to a webhook, newest first."""
    sent = await deliveries.sent_to(session, _desk(caller), webhook_id)
    return await wanted.answer(session, *sent, shape=deliveries.shown)


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    operation_id="read_webhook_delivery",
    dependencies=[raises(DeliveryNotThere)],
)
async def read_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, caller: Viewer, session: ReadSession
) -> DeliveryDetails:
    """A delivery: what was sent, each try, and what came back."""
    return await deliveries.read_delivery(session, _desk(caller), webhook_id, delivery_id)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    operation_id="resend_webhook_delivery",
    status_code=202,
    dependencies=[raises(DeliveryNotThere, SentTooOften)],
)
async def resend_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, caller: Manager, session: UnitOfWork
) -> DeliveryRead:
    """Send a delivery again, with the same `webhook-id`."""
    return await deliveries.redeliver(session, _desk(caller), webhook_id, delivery_id)


def _desk(caller: Principal) -> Desk:
    return Desk(caller.user_id, None)
