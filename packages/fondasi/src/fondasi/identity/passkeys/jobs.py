"""The nightly removal of challenges that nobody answered."""

from fondasi.identity.passkeys import repository
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

BATCH = 5000


@job(name="identity.purge_passkey_challenges", cron="23 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete challenges that have expired."""
    deleted = 0
    while batch := await repository.sweep_challenges(context.session, limit=BATCH):
        deleted += batch
        await context.progress(deleted)
    return {"deleted": deleted}
