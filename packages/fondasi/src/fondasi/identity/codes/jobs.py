"""The purge of codes; they count against the daily cap until then."""

from datetime import timedelta

from fondasi.identity.codes import repository
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

KEPT = timedelta(days=2)


@job(name="identity.purge_codes", cron="11 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete one-time passwords that expired two days ago."""
    return {"deleted": await repository.delete_old(context.session, older_than=KEPT)}
