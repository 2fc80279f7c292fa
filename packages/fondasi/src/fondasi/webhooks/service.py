"""The rules of webhooks: who has how many, where they may lead, and their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.events import EventRegistry, Where
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t
from fondasi.kit.ids import new_id
from fondasi.kit.outgoing import Outgoing, RefusedAddressError
from fondasi.settings import Environment
from fondasi.webhooks import repository
from fondasi.webhooks.errors import TooManyWebhooks, WebhookNotThere
from fondasi.webhooks.models import DisabledBecause, TenantWebhook, Webhook
from fondasi.webhooks.repository import ALL
from fondasi.webhooks.schemas import EventRead, WebhookCreated, WebhookRead
from fondasi.webhooks.secrets import Secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.platform import Platform
    from fondasi.webhooks.models import AnyWebhook
    from fondasi.webhooks.schemas import WebhookCreate, WebhookUpdate

ROOM = "webhooks"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose webhooks somebody works with.

    Attributes:
        caller_id: who works.
        tenant_id: None for the platform's.
    """

    caller_id: UUID
    tenant_id: UUID | None


def events_for(platform: Platform, tenant_id: UUID | None) -> list[EventRead]:
    """The events that a webhook of the platform, or of a tenant, can get."""
    here = Where.PLATFORM if tenant_id is None else Where.TENANT
    found = [item for item in platform.get(EventRegistry) if item.where in {here, Where.EITHER}]
    return [
        EventRead(name=item.name, description=item.description, data=item.payload.model_json_schema())
        for item in sorted(found, key=lambda item: item.name)
    ]


async def create_webhook(
    session: Session, platform: Platform, desk: Desk, new: WebhookCreate
) -> WebhookCreated:
    """Make a webhook.

    Raises:
        InvalidInput: the address is not public, or an event is not known.
        TooManyWebhooks: there are `WEBHOOK_LIMIT` already.
    """
    _check(platform, desk, new.url, new.events)
    limit = platform.settings.webhook.limit
    await repository.take_turns(session, desk.tenant_id)
    if await repository.count_webhooks(session, desk.tenant_id) >= limit:
        raise TooManyWebhooks(limit)
    webhook_id = new_id()
    secret, sealed = platform.get(Secrets).new(webhook_id)
    fields: dict[str, Any] = {
        "id": webhook_id,
        "url": new.url,
        "description": new.description,
        "events": sorted(set(new.events)),
        "sealed_secret": sealed,
        "created_by": desk.caller_id,
    }
    webhook: AnyWebhook = (
        Webhook(**fields) if desk.tenant_id is None else TenantWebhook(tenant_id=desk.tenant_id, **fields)
    )
    session.add(webhook)
    await session.flush()
    await _note(session, platform, "create", "Made a webhook.", webhook)
    return WebhookCreated(**shown(webhook).model_dump(), secret=secret)


async def read_webhook(session: Session, desk: Desk, webhook_id: UUID) -> WebhookRead:
    """A webhook.

    Raises:
        WebhookNotThere: there is none with that id.
    """
    return shown(await found(session, desk, webhook_id))


async def update_webhook(
    session: Session, platform: Platform, desk: Desk, webhook_id: UUID, changes: WebhookUpdate
) -> WebhookRead:
    """Change a webhook, disable it, or enable it again.

    Raises:
        WebhookNotThere: there is none with that id.
        InvalidInput: the address is not public, or an event is not known.
    """
    webhook = await found(session, desk, webhook_id, locked=True)
    # What modules that are switched off declare stays.
    added = set(changes.events or ()) - set(webhook.events)
    _check(platform, desk, changes.url, sorted(added))
    if changes.url is not None:
        webhook.url = changes.url
    if changes.description is not None:
        webhook.description = changes.description
    if changes.events is not None:
        webhook.events = sorted(set(changes.events))
    if changes.enabled is False and webhook.disabled_because is None:
        webhook.disabled_because = DisabledBecause.HAND
    if changes.enabled:
        webhook.disabled_because = webhook.failing_since = webhook.resumes_at = webhook.full_since = None
        webhook.failures = 0
    await session.flush()
    await _note(session, platform, "edit", "Changed a webhook.", webhook)
    return shown(webhook)


async def delete_webhook(session: Session, platform: Platform, desk: Desk, webhook_id: UUID) -> None:
    """Delete a webhook with its deliveries. What is on its way is not sent any more.

    Raises:
        WebhookNotThere: there is none with that id.
    """
    webhook = await found(session, desk, webhook_id, locked=True)
    await session.delete(webhook)
    await session.flush()
    await _note(session, platform, "delete", "Deleted a webhook.", webhook)


async def rotate_secret(
    session: Session, platform: Platform, desk: Desk, webhook_id: UUID, grace_hours: int | None
) -> WebhookCreated:
    """Give a webhook a new secret. The one before signs beside it for a while.

    Raises:
        WebhookNotThere: there is none with that id.
    """
    webhook = await found(session, desk, webhook_id, locked=True)
    hours = platform.settings.webhook.grace_hours if grace_hours is None else grace_hours
    webhook.previous_secret = webhook.sealed_secret if hours else None
    webhook.previous_until = clock.now() + timedelta(hours=hours) if hours else None
    secret, webhook.sealed_secret = platform.get(Secrets).new(webhook.id)
    await session.flush()
    await _note(session, platform, "rotate", "Gave a webhook a new secret.", webhook)
    return WebhookCreated(**shown(webhook).model_dump(), secret=secret)


async def found(session: Session, desk: Desk, webhook_id: UUID, *, locked: bool = False) -> AnyWebhook:
    """A webhook of the tenant, or of the platform.

    Raises:
        WebhookNotThere: there is none with that id.
    """
    webhook = await repository.get_webhook(session, desk.tenant_id, webhook_id, locked=locked)
    if webhook is None:
        raise WebhookNotThere
    return webhook


def shown(webhook: AnyWebhook) -> WebhookRead:
    """A webhook as its readers see it."""
    names = WebhookRead.model_fields.keys() - {"enabled"}
    fields = {name: getattr(webhook, name) for name in names}
    return WebhookRead(**fields, enabled=webhook.disabled_because is None)


def _check(platform: Platform, desk: Desk, url: str | None, events: Sequence[str]) -> None:
    if url is not None:
        try:
            parsed = platform.get(Outgoing).check(url)
        except RefusedAddressError as error:
            raise InvalidInput.of("body.url", error.reason, "refused_address") from None
        if parsed.scheme != "https" and platform.settings.environment is not Environment.LOCAL:
            raise InvalidInput.of("body.url", "must begin with https://", "https")
    known = {item.name for item in events_for(platform, desk.tenant_id)} | {ALL}
    if unknown := [name for name in events if name not in known]:
        raise InvalidInput.of(
            "body.events", t("there is no event {name}", name=unknown[0][:100]), "unknown_event"
        )


async def _note(session: Session, platform: Platform, what: str, message: str, webhook: AnyWebhook) -> None:
    """In the trail the host says enough: the rest of an address may be a secret."""
    about = {
        "webhook_id": webhook.id,
        "host": platform.get(Outgoing).host_of(webhook.url),
        "events": list(webhook.events),
        "enabled": webhook.disabled_because is None,
    }
    await record(session, f"webhooks.{what}", ROOM, message, metadata=about)
