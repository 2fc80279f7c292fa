"""The nightly removal of sign-ins that nobody came back from."""

from datetime import timedelta

from fondasi.identity.federation import repository
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

KEPT = timedelta(hours=1)


@job(name="identity.purge_authorization_requests", cron="21 3 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Delete requests to providers that expired an hour ago."""
    return {"deleted": await repository.delete_expired(context.session, older_than=KEPT)}
