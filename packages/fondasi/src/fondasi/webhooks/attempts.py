"""A try of a delivery: sent once, written down, tried again later or given up, and the end of a webhook."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter, Histogram

from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.jobs import Backoff
from fondasi.kit.outgoing import Outgoing, OutgoingError, RefusedAddressError
from fondasi.messages import Channel, Message, Messenger
from fondasi.webhooks import repository
from fondasi.webhooks.models import DeliveryStatus, DisabledBecause
from fondasi.webhooks.schemas import Try
from fondasi.webhooks.secrets import Secrets
from fondasi.webhooks.waiting import retry_after

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.platform import Platform
    from fondasi.webhooks.models import AnyDelivery, AnyWebhook

log = structlog.get_logger(__name__)

ANSWER_BYTES = 1024
KEPT_TRIES = 20
GONE = 410
SUCCESS = range(200, 300)
IN_TROUBLE = {408, 425, 429, *range(500, 600)}  # the receiver, not this message
# A delivery: 10 s, 50 s, 4 min, 20 min, 1.7 h, 8.7 h, then every 12 hours. A receiver in trouble: at most an hour, so
# that one request of all that wait tells when it is back.
TRIES = Backoff(initial=10, factor=5, maximum=12 * 3600)
PAUSES = Backoff(initial=5, factor=3, maximum=3600)
QUIET = timedelta(days=2)  # without a try; what failed before tells nothing of now
SENT = Counter("fondasi_webhook_tries_total", "Requests to receivers of webhooks.", ["outcome"])
SECONDS = Histogram(
    "fondasi_webhook_seconds",
    "Time that a receiver of a webhook took.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30),
)
DISABLED = Counter(
    "fondasi_webhooks_disabled_total", "Webhooks that were disabled by themselves.", ["because"]
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a try ended.

    Attributes:
        how: in words, the result of its job.
        again: after how long the delivery is to be tried again.
        webhook_id: whose turn it is then.
    """

    how: str
    again: timedelta | None = None
    webhook_id: UUID | None = None


NOTHING_TO_DO = Ended("nothing to do")


async def attempt(
    session: Session, platform: Platform, tenant_id: UUID | None, delivery_id: UUID, *, by_hand: bool
) -> Ended:
    """Send a delivery once and write down what came of it.

    Whoever is killed in the middle has written nothing, so the next one sends the same again, with the same id.
    """
    await session.act_for(tenant=tenant_id)
    delivery = await repository.get_delivery(session, tenant_id, delivery_id)
    if delivery is None or delivery.status != DeliveryStatus.PENDING:
        return NOTHING_TO_DO
    webhook = await repository.get_webhook(session, tenant_id, delivery.webhook_id)
    if webhook is None:
        return NOTHING_TO_DO
    if not by_hand:
        if webhook.disabled_because is not None:
            _finish(delivery, DeliveryStatus.FAILED)
            return Ended("disabled")
        if webhook.resumes_at is not None and (wait := webhook.resumes_at - clock.now()) > timedelta():
            wait *= 1 + random.random() / 4  # noqa: S311 - spreads what waited together
            delivery.due_at = clock.now() + wait
            return Ended("waits for the receiver", wait, webhook.id)
    done, pause, answer = await _send(platform, webhook, delivery)
    webhook = await repository.get_webhook(session, tenant_id, webhook.id, locked=True)
    if webhook is None:  # deleted meanwhile, and the delivery with it
        return NOTHING_TO_DO
    delivery.attempts += 1
    delivery.tries = [*delivery.tries, done.model_dump(mode="json")][-KEPT_TRIES:]
    delivery.answer = answer
    return await _settle(session, platform, tenant_id, webhook, delivery, done, pause)


async def _send(
    platform: Platform, webhook: AnyWebhook, delivery: AnyDelivery
) -> tuple[Try, timedelta | None, str | None]:
    """The try, how long the receiver asked to be left alone, and how its answer begins."""
    started, at = perf_counter(), clock.now()
    status, error, pause, text, outcome = None, None, None, None, "unreachable"
    body = delivery.body.encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "Fondasi-Webhooks",
        **platform.get(Secrets).headers(webhook, delivery.id, body, at),
    }
    try:
        async with platform.get(Outgoing).request(
            "POST", webhook.url, seconds=platform.settings.webhook.timeout, headers=headers, content=body
        ) as answer:
            status = answer.status
            outcome = "delivered" if status in SUCCESS else "refused"
            pause = retry_after(answer.headers, at)
            text = (await answer.read(ANSWER_BYTES)).decode(errors="replace").replace("\0", "")
    except OutgoingError as fault:
        if status is None:
            error = fault.reason
        if isinstance(fault, RefusedAddressError):
            outcome = "not_public"
    seconds = perf_counter() - started
    SENT.labels(outcome).inc()
    SECONDS.observe(seconds)
    return Try(at=at, status_code=status, duration_ms=round(seconds * 1000), error=error), pause, text


async def _settle(  # noqa: PLR0917 - what a try is about
    session: Session,
    platform: Platform,
    tenant_id: UUID | None,
    webhook: AnyWebhook,
    delivery: AnyDelivery,
    done: Try,
    pause: timedelta | None,
) -> Ended:
    if done.status_code in SUCCESS:
        _finish(delivery, DeliveryStatus.DELIVERED)
        webhook.last_success_at = clock.now()
        webhook.failing_since = webhook.resumes_at = webhook.full_since = None
        webhook.failures = 0
        return Ended("delivered")
    settings = platform.settings.webhook
    now = clock.now()
    _note_failure(webhook, done, pause, now)
    wait = max(pause or timedelta(), timedelta(seconds=TRIES.delay(delivery.attempts)))
    if done.status_code == GONE:
        await _disable(session, platform, tenant_id, webhook, DisabledBecause.GONE)
    elif webhook.failing_since is not None and now - webhook.failing_since > timedelta(
        days=settings.disable_days
    ):
        await _disable(session, platform, tenant_id, webhook, DisabledBecause.FAILING)
    elif delivery.attempts < settings.attempts:
        delivery.due_at = now + wait
        return Ended("failed, to be tried again", wait, webhook.id)
    _finish(delivery, DeliveryStatus.FAILED)
    return Ended("failed")


def _note_failure(webhook: AnyWebhook, done: Try, pause: timedelta | None, now: datetime) -> None:
    quiet = webhook.last_failure_at is None or now - webhook.last_failure_at > QUIET
    if webhook.failing_since is None or quiet:
        webhook.failing_since = now
    webhook.last_failure_at = now
    if done.status_code is None or done.status_code in IN_TROUBLE:
        webhook.failures += 1
        webhook.resumes_at = now + max(
            pause or timedelta(), timedelta(seconds=PAUSES.delay(webhook.failures))
        )


def _finish(delivery: AnyDelivery, status: DeliveryStatus) -> None:
    delivery.status, delivery.due_at = status, None


async def _disable(
    session: Session,
    platform: Platform,
    tenant_id: UUID | None,
    webhook: AnyWebhook,
    because: DisabledBecause,
) -> None:
    """Send it nothing more, and tell who made it."""
    if webhook.disabled_because is not None:
        return
    webhook.disabled_because = because
    DISABLED.labels(because.value).inc()
    host = platform.get(Outgoing).host_of(webhook.url)
    log.warning("webhook_disabled", webhook_id=str(webhook.id), because=because.value)
    about = {"webhook_id": webhook.id, "host": host, "because": because.value}
    await record(session, "webhooks.disable", "webhooks", "A webhook was disabled.", metadata=about)
    days = platform.settings.webhook.disable_days
    await _tell(session, platform, tenant_id, webhook, because.value, {"days": days})


async def tell_full(
    session: Session, platform: Platform, tenant_id: UUID | None, webhook: AnyWebhook
) -> None:
    """Tell a webhook's people that events are left out."""
    host, most = platform.get(Outgoing).host_of(webhook.url), platform.settings.webhook.pending
    log.warning("webhook_full", webhook_id=str(webhook.id), pending=most)
    about = {"webhook_id": webhook.id, "host": host, "pending": most}
    await record(session, "webhooks.full", "webhooks", "Events for a webhook are left out.", metadata=about)
    await _tell(session, platform, tenant_id, webhook, "full", {})


async def _tell(  # noqa: PLR0917 - whom, and what
    session: Session,
    platform: Platform,
    tenant_id: UUID | None,
    webhook: AnyWebhook,
    what: str,
    values: dict[str, int],
) -> None:
    """Write to who made it, or to the tenant's owners when they left."""
    messenger, host = platform.get(Messenger), platform.get(Outgoing).host_of(webhook.url)
    if not messenger.can_send(Channel.EMAIL):
        return
    for user in await repository.people_to_tell(session, tenant_id, webhook.created_by):
        if user.email is not None:
            message = Message(
                Channel.EMAIL,
                user.email,
                f"webhook-{what}",
                {"username": user.username, "host": host, **values},
                language=user.language,
                package="fondasi.webhooks",
            )
            await messenger.send(session, message)
