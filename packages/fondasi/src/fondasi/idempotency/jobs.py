"""The purge of kept answers."""

from datetime import timedelta

from fondasi.idempotency import repository
from fondasi.kit import clock
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform


@job(name="idempotency.purge", cron="47 * * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete answers older than `IDEMPOTENCY_HOURS`, and of each caller all but the newest `IDEMPOTENCY_KEYS`."""
    settings, database = context.platform.settings.idempotency, context.platform.database
    before, deleted = clock.now() - timedelta(hours=settings.hours), 0
    for tenant_id in (None, *await repository.tenant_ids(context.session)):
        batch = repository.BATCH
        while batch == repository.BATCH:
            async with database.unit_of_work(tenant=tenant_id, audited=False) as session:
                batch = await repository.purge(session, tenant_id, before=before, most=settings.keys)
            deleted += batch
            await context.progress(deleted)
    return {"deleted": deleted}
