"""Removing what deleted files and broken uploads left in the storage."""

from datetime import timedelta

from fondasi.files import repository
from fondasi.files.models import key_of
from fondasi.kit.jobs import JobContext, job
from fondasi.kit.storage import Storage
from fondasi.platform import Platform

BATCH = 100
ABANDONED_AFTER = timedelta(hours=24)  # longer than any upload may take


@job(name="files.purge", cron="*/15 * * * *", timeout=600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Remove the bytes of deleted files and of broken uploads. Rows go last, so that nothing is forgotten."""
    storage, removed = context.platform.get(Storage), 0
    while batch := await repository.removable(context.session, abandoned_after=ABANDONED_AFTER, limit=BATCH):
        for object_id in batch:
            await storage.delete(key_of(object_id))
        await repository.forget(context.session, batch)
        removed += len(batch)
        await context.progress(removed)
    return {"removed": removed}
