"""What is kept about who made webhooks. What they sent names people by their ids alone."""

from sqlalchemy import select

from fondasi.module import PersonalData
from fondasi.webhooks.models import Webhook

_NAMES_NOBODY = "It is the platform's; its row refers to the account, which names nobody any more."

PERSONAL_DATA = [
    PersonalData(
        table="webhook",
        export=lambda user_id: (
            select(Webhook.id, Webhook.url, Webhook.description, Webhook.events, Webhook.created_at)
            .where(Webhook.created_by == user_id)
            .order_by(Webhook.created_at)
        ),
        kept=_NAMES_NOBODY,
    ),
    PersonalData(
        table="tenant_webhook",
        withheld="Belongs to the tenant, whose administrators see it there.",
        kept="Webhooks of the tenant refer to the account, which names nobody any more.",
    ),
]
