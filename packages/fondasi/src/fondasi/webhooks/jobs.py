"""Sending deliveries, and removing old ones."""

from datetime import timedelta
from uuid import UUID

from fondasi.kit import clock
from fondasi.kit.db import Session
from fondasi.kit.jobs import Backoff, JobContext, job
from fondasi.platform import Platform
from fondasi.tenancy import tenant_ids
from fondasi.webhooks import attempts, repository

BATCH = 5000


@job(
    name="webhooks.deliver",
    retries=8,  # of our own faults; a receiver's are no failure of the job
    backoff=Backoff(initial=5, factor=3, maximum=1800),
    timeout=60,
    queue="webhooks",
)
async def deliver(
    context: JobContext[Platform], delivery_id: UUID, tenant_id: UUID | None = None, by_hand: bool = False
) -> str:
    """Send a delivery once."""
    ended = await attempts.attempt(context.session, context.platform, tenant_id, delivery_id, by_hand=by_hand)
    if ended.again is not None and ended.webhook_id is not None:
        await ask(context.session, tenant_id, ended.webhook_id, delivery_id, delay=ended.again)
    return ended.how


async def ask(
    session: Session,
    tenant_id: UUID | None,
    webhook_id: UUID,
    delivery_id: UUID,
    *,
    delay: timedelta | None = None,
    by_hand: bool = False,
) -> None:
    """Ask for a delivery to be sent. Webhooks take turns, so that none waits for all that is sent to another."""
    await deliver.enqueue(
        session,
        delay=delay,
        enqueued_by=webhook_id,
        capped=False,
        delivery_id=delivery_id,
        tenant_id=tenant_id,
        by_hand=by_hand,
    )


@job(name="webhooks.tell_full", timeout=60)
async def tell_full(context: JobContext[Platform], webhook_id: UUID, tenant_id: UUID | None = None) -> None:
    """Tell a webhook's people that events are left out, as too many wait for its receiver."""
    await context.session.act_for(tenant=tenant_id)
    webhook = await repository.get_webhook(context.session, tenant_id, webhook_id)
    if webhook is not None and webhook.full_since is not None:
        await attempts.tell_full(context.session, context.platform, tenant_id, webhook)


@job(name="webhooks.purge", cron="53 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete deliveries older than `WEBHOOK_KEEP_DAYS`, and secrets that sign no more, one tenant after the other."""
    now, deleted = clock.now(), 0
    before = now - timedelta(days=context.platform.settings.webhook.keep_days)
    for number, tenant_id in enumerate([None, *await tenant_ids(context.session)]):
        async with context.platform.database.unit_of_work(tenant=tenant_id, audited=False) as session:
            await repository.forget_secrets(session, tenant_id, before=now)
            while batch := await repository.delete_old(session, tenant_id, before=before, limit=BATCH):
                deleted += batch
        await context.progress(number + 1)
    return {"deleted": deleted}
