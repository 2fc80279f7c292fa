"""Delivery, and the purge of old messages."""

from datetime import timedelta
from uuid import UUID

from fondasi.kit.jobs import URGENT, Backoff, JobContext, JobFailed, job
from fondasi.messages import caps, repository
from fondasi.messages.service import Messenger
from fondasi.platform import Platform

PURGE_BATCH = 5000
RETRIES = 8


@job(
    name="messages.deliver",
    retries=RETRIES,
    backoff=Backoff(initial=2, factor=3, maximum=1800),
    timeout=360,  # a server may take its time for each of some ten answers, and more for the last
    priority=URGENT,
)
async def deliver(context: JobContext[Platform], message_id: UUID) -> str:
    """Hand a message to the mail server or to Twilio."""
    try:
        return await context.platform.get(Messenger).deliver(context.session, message_id)
    except Exception as error:
        if isinstance(error, JobFailed) or context.attempt > RETRIES:
            async with context.platform.database.unit_of_work(audited=False) as session:
                await repository.note_failed(session, message_id)
        raise


@job(name="messages.purge", cron="41 2 * * *", timeout=3600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Wipe the texts that came too late, and delete messages older than `JOB_KEEP_DAYS`."""
    wiped = await repository.wipe_expired(context.session)
    age = timedelta(days=context.platform.settings.job.keep_days)
    deleted = 0
    while batch := await repository.delete_old(context.session, older_than=age, limit=PURGE_BATCH):
        deleted += batch
    deleted += await caps.delete_old(context.session, older_than=timedelta(days=2))
    return {"wiped": wiped, "deleted": deleted}
