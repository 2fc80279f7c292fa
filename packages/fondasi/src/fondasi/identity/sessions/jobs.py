"""The nightly removal of what has ended."""

from datetime import timedelta

from fondasi.identity.sessions import repository
from fondasi.kit import clock
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

PURGE_BATCH = 5000
KEPT_AFTER_END = timedelta(days=30)  # a replayed refresh token of an ended session is still recognised


@job(name="sessions.purge", cron="41 2 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete sessions that ended 30 days ago, and refresh tokens and signing keys that expired."""
    deleted = 0
    now = clock.now()
    while batch := await repository.delete_ended(
        context.session, before=now - KEPT_AFTER_END, limit=PURGE_BATCH
    ):
        deleted += batch
        await context.progress(deleted)
    while batch := await repository.delete_spent(context.session, now=now, limit=PURGE_BATCH):
        deleted += batch
        await context.progress(deleted)
    return {"deleted": deleted}
