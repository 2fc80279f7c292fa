"""Partitions for the coming months, and the end of old ones."""

from datetime import timedelta

from fondasi.activity import repository
from fondasi.activity.service import MONTHS_AHEAD
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

DAYS_OF_A_MONTH = 31


@job(name="activity.make_partitions", cron="11 1 * * *", timeout=600)
async def make_partitions(context: JobContext[Platform]) -> dict[str, int]:
    """Make the partitions of the coming months."""
    return {"made": await repository.make_partitions(context.session, MONTHS_AHEAD)}


@job(name="activity.remove_old", cron="41 1 * * *", timeout=3600)
async def remove_old(context: JobContext[Platform]) -> dict[str, int]:
    """Remove the months that ended more than `ACTIVITY_KEEP_MONTHS` ago; checkpoints keep the chains verifiable."""
    months = context.platform.settings.activity.keep_months
    border = clock.now() - timedelta(days=months * DAYS_OF_A_MONTH)
    removed = await repository.remove_before(context.session, border)
    if removed:
        await record(
            context.session,
            "activity.removed",
            "activity",
            f"Removed {removed} entries that were older than {months} months.",
            metadata={"entries": removed, "before": border, "job_id": context.job_id},
        )
    return {"removed": removed}
