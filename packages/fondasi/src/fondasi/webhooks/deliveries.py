"""Deliveries: written in the unit of work of what happened; seen, and sent again by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import Counter

from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.events import Where
from fondasi.kit.ids import new_id
from fondasi.messages import take
from fondasi.webhooks import repository, service
from fondasi.webhooks.errors import DeliveryNotThere, SentTooOften
from fondasi.webhooks.jobs import ask, tell_full
from fondasi.webhooks.models import DeliveryStatus
from fondasi.webhooks.schemas import DeliveryDetails, DeliveryRead
from fondasi.webhooks.secrets import message_id_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session
    from fondasi.kit.events import Event
    from fondasi.settings import WebhookSettings
    from fondasi.webhooks.models import AnyDelivery
    from fondasi.webhooks.service import Desk

PING = "webhook.ping"
BY_HAND, PERIOD = 60, timedelta(hours=1)
LEFT_OUT = Counter(
    "fondasi_webhook_left_out_total",
    "Events that were not sent to a webhook, as too many wait for its receiver.",
)


async def write_deliveries(
    settings: WebhookSettings, session: Session, event: Event, told: dict[str, Any]
) -> None:
    """Write an event down for each webhook that gets it; they leave when the unit of work commits.

    A receiver that takes nothing does not fill the table: it is left out once so many wait, and its people are told.
    """
    tenant_id = None if event.where is Where.PLATFORM else session.tenant_id
    webhooks = await repository.subscribed(session, tenant_id, event.name)
    if webhooks:
        body = body_of(event.name, told)
        for webhook_id, fails in webhooks:
            if fails and await repository.is_full(session, tenant_id, webhook_id, settings.pending):
                LEFT_OUT.inc()
                if await repository.note_full(session, tenant_id, webhook_id):
                    await tell_full.enqueue(session, webhook_id=webhook_id, tenant_id=tenant_id)
                continue
            await add(session, tenant_id, webhook_id, event.name, body)


def body_of(name: str, data: dict[str, Any]) -> str:
    """What is sent."""
    body = {"type": name, "timestamp": clock.now(), "data": data}
    return orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()


async def add(
    session: Session, tenant_id: UUID | None, webhook_id: UUID, name: str, body: str, *, by_hand: bool = False
) -> AnyDelivery:
    """Write a delivery, and ask for it to be sent."""
    delivery = repository.new_delivery(
        tenant_id, id=new_id(), webhook_id=webhook_id, event=name, body=body, due_at=clock.now()
    )
    session.add(delivery)
    await session.flush()
    await ask(session, tenant_id, webhook_id, delivery.id, by_hand=by_hand)
    return delivery


async def sent_to(session: Session, desk: Desk, webhook_id: UUID) -> list[ColumnElement[bool]]:
    """What holds for the deliveries of a webhook.

    Raises:
        WebhookNotThere: there is none with that id.
    """
    await service.found(session, desk, webhook_id)
    return repository.sent_to(desk.tenant_id, webhook_id)


def shown(delivery: AnyDelivery) -> DeliveryRead:
    """A delivery as its readers see it."""
    return DeliveryRead(**_shown(delivery))


async def read_delivery(session: Session, desk: Desk, webhook_id: UUID, delivery_id: UUID) -> DeliveryDetails:
    """A delivery, with what was sent and what came back.

    Raises:
        DeliveryNotThere: the webhook has none with that id.
    """
    delivery = await _found(session, desk, webhook_id, delivery_id)
    return DeliveryDetails(
        **_shown(delivery), body=delivery.body, tries=delivery.tries, answer=delivery.answer
    )


async def redeliver(session: Session, desk: Desk, webhook_id: UUID, delivery_id: UUID) -> DeliveryRead:
    """Send a delivery again, also one that was delivered, and to a webhook that is disabled; with the same id.

    Raises:
        DeliveryNotThere: the webhook has none with that id.
        SentTooOften: by hand in an hour.
    """
    delivery = await _found(session, desk, webhook_id, delivery_id)
    await _count(session, webhook_id)
    delivery.status, delivery.attempts, delivery.due_at = DeliveryStatus.PENDING, 0, clock.now()
    await session.flush()
    await ask(session, desk.tenant_id, webhook_id, delivery_id, by_hand=True)
    about = {"webhook_id": webhook_id, "delivery_id": delivery_id}
    await record(session, "webhooks.redeliver", service.ROOM, "Sent a delivery again.", metadata=about)
    return shown(delivery)


async def ping(session: Session, desk: Desk, webhook_id: UUID) -> DeliveryRead:
    """Send a test event to a webhook, also to a disabled one.

    Raises:
        WebhookNotThere: there is none with that id.
        SentTooOften: by hand in an hour.
    """
    webhook = await service.found(session, desk, webhook_id)
    await _count(session, webhook_id)
    body = body_of(PING, {"webhook_id": str(webhook.id)})
    delivery = await add(session, desk.tenant_id, webhook.id, PING, body, by_hand=True)
    await record(
        session, "webhooks.ping", service.ROOM, "Tried a webhook out.", metadata={"webhook_id": webhook_id}
    )
    return shown(delivery)


async def _found(session: Session, desk: Desk, webhook_id: UUID, delivery_id: UUID) -> AnyDelivery:
    delivery = await repository.get_delivery(session, desk.tenant_id, delivery_id, webhook_id=webhook_id)
    if delivery is None:
        raise DeliveryNotThere
    return delivery


async def _count(session: Session, webhook_id: UUID) -> None:
    if wait := await take(session, f"webhook {webhook_id}", BY_HAND, PERIOD):
        raise SentTooOften(wait)


def _shown(delivery: AnyDelivery) -> dict[str, Any]:
    names = ("id", "event", "status", "attempts", "due_at", "created_at")
    return {
        **{name: getattr(delivery, name) for name in names},
        "message_id": message_id_of(delivery.id),
        "last_try": delivery.tries[-1] if delivery.tries else None,
    }
