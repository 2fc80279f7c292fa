"""The demonstration job, and the purge of finished jobs."""

import asyncio
from datetime import timedelta

from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform
from fondasi.tasks import repository

PURGE_BATCH = 5000


@job(name="tasks.count_slowly", retries=0, timeout=120)
async def count_slowly(context: JobContext, message: str, steps: int, seconds: float) -> dict[str, str | int]:
    """Count steps, say how far it is, and give the message back."""
    for step in range(steps):
        await context.check_cancelled()
        await context.progress(step, steps)
        await asyncio.sleep(seconds / steps)
    await context.progress(steps, steps)
    return {"message": message, "steps": steps}


@job(name="tasks.purge", cron="23 2 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete the jobs that finished more than `JOB_KEEP_DAYS` ago."""
    age = timedelta(days=context.platform.settings.job.keep_days)
    deleted = 0
    while batch := await repository.delete_finished(context.session, older_than=age, limit=PURGE_BATCH):
        deleted += batch
        await context.progress(deleted)
    return {"deleted": deleted}
