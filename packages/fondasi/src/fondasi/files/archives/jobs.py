"""Building archives, and removing expired ones."""

from uuid import UUID

from fondasi.files.archives import repository, service
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

BATCH = 100


@job(name=service.JOB, retries=2, timeout=1800)
async def build(context: JobContext[Platform], export_id: UUID) -> str:
    """Build an archive of everything that is kept about a user."""
    return await service.build(context.session, context.platform, export_id)


@job(name="exports.purge", cron="17 * * * *", timeout=600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Forget archives that have expired."""
    deleted = 0
    while batch := await repository.delete_expired(context.session, limit=BATCH):
        deleted += batch
        await context.progress(deleted)
    return {"deleted": deleted}
