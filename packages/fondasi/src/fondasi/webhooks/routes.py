"""Routes of the platform's webhooks."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from fondasi.access import Principal, require
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.kit.http import (
    CursorPage,
    CursorParams,
    Page,
    PageParams,
    Router,
    page_of,
    raises,
    secret_answer,
    sort_by,
)
from fondasi.webhooks import deliveries, service
from fondasi.webhooks.errors import DeliveryNotThere, SentTooOften, TooManyWebhooks, WebhookNotThere
from fondasi.webhooks.models import DeliveryStatus, Webhook
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
Order = Annotated[list[Any], sort_by("-created_at", created_at=Webhook.created_at, url=Webhook.url)]
StatusFilter = Annotated[DeliveryStatus | None, Query(description="Only deliveries that stand there.")]


@router.get("/events", operation_id="list_webhook_events")
async def list_webhook_events(caller: Viewer, platform: CurrentPlatform) -> EventList:
    """The events that can be sent, and what they tell."""
    return EventList(events=service.events_for(platform, _desk(caller).tenant_id))


@router.get("", operation_id="list_webhooks", response_model=Page[WebhookRead])
async def list_webhooks(
    page: PageParams, order: Order, caller: Viewer, session: ReadSession
) -> dict[str, Any]:
    """The platform's webhooks, newest first."""
    rows, total = await service.list_webhooks(
        session, _desk(caller), offset=page.offset, limit=page.items_per_page, order=order
    )
    return page_of(rows, total, page)


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
    response_model=CursorPage[DeliveryRead],
    dependencies=[raises(WebhookNotThere)],
)
async def list_webhook_deliveries(
    webhook_id: UUID,
    page: CursorParams,
    caller: Viewer,
    session: ReadSession,
    status: StatusFilter = None,
) -> dict[str, Any]:
    """What was sent to a webhook, newest first."""
    return await deliveries.list_deliveries(
        session, _desk(caller), webhook_id, status=status, cursor=page.cursor, limit=page.limit
    )


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
