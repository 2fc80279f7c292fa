"""What lists of webhooks and of their deliveries can be asked for, the platform's and tenants'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import defer

from fondasi.kit.http import Listing
from fondasi.webhooks.schemas import DeliveryRead, WebhookRead

if TYPE_CHECKING:
    from fondasi.webhooks.models import AnyDelivery, AnyWebhook


def webhooks_listed(model: type[AnyWebhook]) -> Listing[AnyWebhook]:
    """Webhooks, newest first."""
    return Listing(
        model,
        WebhookRead,
        sort="-created_at",
        sortable=["created_at", "url"],
        filters=["enabled", "disabled_because"],
        search=["url", "description"],
        columns={"enabled": model.disabled_because.is_(None)},
    )


def deliveries_listed(model: type[AnyDelivery]) -> Listing[AnyDelivery]:
    """Deliveries, newest first, by cursor: while they are read, others are sent."""
    return Listing(
        model,
        DeliveryRead,
        sort="-created_at",
        sortable=["created_at"],
        filters=["status", "event"],
        ranges=["created_at"],
        options=[defer(model.body), defer(model.answer)],
        by_cursor=True,
    )
