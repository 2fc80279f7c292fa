"""The platform's webhooks in the admin panel, and what they sent."""

from fondasi.admin_views import AdminView
from fondasi.webhooks.models import DeliveryStatus, DisabledBecause, Webhook, WebhookDelivery
from fondasi.webhooks.permissions import VIEW

webhooks_view = AdminView(
    model=Webhook,
    path="webhooks",
    name="Webhook",
    plural="Webhooks",
    icon="fa-solid fa-share-nodes",
    permission=VIEW,
    columns=("url", "description", "disabled_because", "last_success_at", "failing_since", "created_at"),
    details=(
        "id",
        "url",
        "description",
        "events",
        "disabled_because",
        "failures",
        "failing_since",
        "resumes_at",
        "last_success_at",
        "last_failure_at",
        "previous_until",
        "created_by",
        "created_at",
    ),
    search=("url", "description"),
    filters={"disabled_because": list(DisabledBecause)},
    links={"created_by": "users"},
)
deliveries_view = AdminView(
    model=WebhookDelivery,
    path="webhook-deliveries",
    name="Webhook delivery",
    plural="Webhook deliveries",
    icon="fa-solid fa-paper-plane",
    permission=VIEW,
    columns=("webhook_id", "event", "status", "attempts", "due_at", "created_at"),
    details=(
        "id",
        "webhook_id",
        "event",
        "status",
        "attempts",
        "tries",
        "answer",
        "due_at",
        "body",
        "created_at",
    ),
    search=("event",),
    filters={"status": list(DeliveryStatus)},
    links={"webhook_id": "webhooks"},
)
