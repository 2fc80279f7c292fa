"""The purge of invitations: addresses of people who are no members are not kept for longer than they tell something."""

from datetime import timedelta

from fondasi.kit import clock
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform
from fondasi.tenancy import repository

KEPT = timedelta(days=90)


@job(name="tenancy.purge_invitations", cron="23 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete invitations that could be accepted for the last time 90 days ago, one tenant after the other."""
    deleted = 0
    for number, tenant_id in enumerate(await repository.tenant_ids(context.session)):
        async with context.platform.database.unit_of_work(tenant=tenant_id, audited=False) as session:
            deleted += await repository.delete_invitations(session, tenant_id, clock.now() - KEPT)
        await context.progress(number + 1)
    return {"deleted": deleted}
