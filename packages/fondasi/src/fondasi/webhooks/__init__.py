"""Webhooks: events are sent, signed, to addresses that tenants and administrators name (Standard Webhooks)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fondasi.kit.events import EventRegistry
from fondasi.module import Module
from fondasi.platform import Platform
from fondasi.webhooks.admin import deliveries_view, webhooks_view
from fondasi.webhooks.deliveries import write_deliveries
from fondasi.webhooks.jobs import deliver, purge, tell_full
from fondasi.webhooks.permissions import PERMISSIONS, TENANT_PERMISSIONS
from fondasi.webhooks.personal_data import PERSONAL_DATA
from fondasi.webhooks.routes import router
from fondasi.webhooks.secrets import Secrets
from fondasi.webhooks.tenant_routes import inside

__all__ = ["module"]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.provide(Secrets(platform.settings))
    platform.get(EventRegistry).listeners.append(partial(write_deliveries, platform.settings.webhook))
    yield


module = Module(
    name="webhooks",
    routers=[router, inside],
    permissions=PERMISSIONS,
    tenant_permissions=TENANT_PERMISSIONS,
    jobs=[deliver, purge, tell_full],
    admin_views=[webhooks_view, deliveries_view],
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
    tags={
        "webhooks": "Events that are sent to an address of one's own.",
    },
    vocabulary={
        "webhook_id": "Id of the webhook.",
        "delivery_id": "Id of the delivery.",
        "event": "Name of the event.",
        "WebhookUpdate.url": "Where the events go.",
        "WebhookUpdate.description": "For people.",
        "WebhookUpdate.events": "Names of the events that are sent; `*` is all.",
        "EventRead.name": "Its name.",
        "EventRead.description": "What happened.",
        "EventList.events": "The events.",
        "WebhookRead.url": "Where the events go.",
        "WebhookRead.description": "For people.",
        "WebhookRead.events": "Names of the events that are sent.",
        "WebhookRead.enabled": "Whether events are sent.",
        "WebhookCreated.url": "Where the events go.",
        "WebhookCreated.description": "For people.",
        "WebhookCreated.events": "Names of the events that are sent.",
        "WebhookCreated.enabled": "Whether events are sent.",
        "DeliveryRead.status": "Where it stands.",
        "DeliveryRead.last_try": "The last try; null before the first.",
        "DeliveryDetails.status": "Where it stands.",
        "DeliveryDetails.last_try": "The last try; null before the first.",
        "Try.at": "When it was made.",
        "Try.duration_ms": "Milliseconds until it was over.",
        "last_success_at": "When something was delivered last.",
        "last_failure_at": "When something was not delivered last.",
    },
)
