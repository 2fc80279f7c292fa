"""The nightly removal of API keys that ended."""

from datetime import timedelta

from fondasi.identity.api_keys import repository
from fondasi.kit import clock
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

BATCH = 5000


@job(name="api_keys.purge", cron="37 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete API keys that expired or were revoked more than `API_KEY_KEEP_DAYS` ago."""
    before = clock.now() - timedelta(days=context.platform.settings.api.key_keep_days)
    deleted = 0
    while batch := await repository.delete_ended(context.session, before=before, limit=BATCH):
        deleted += batch
        await context.progress(deleted)
    return {"deleted": deleted}
