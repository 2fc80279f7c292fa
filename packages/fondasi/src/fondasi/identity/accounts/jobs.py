"""Anonymising deleted accounts after the grace period."""

from datetime import timedelta

from fondasi.identity.accounts import privacy
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform

BATCH = 500


@job(name="identity.anonymise", cron="51 2 * * *", timeout=3600)
async def anonymise(context: JobContext[Platform]) -> dict[str, int]:
    """Take the personal data out of accounts deleted more than `ACCOUNT_GRACE_DAYS` ago."""
    age = timedelta(days=context.platform.settings.account_grace_days)
    done = 0
    while batch := await privacy.anonymise_batch(
        context.session, context.platform.personal_data, age, limit=BATCH
    ):
        done += batch
        await context.progress(done)
    return {"anonymised": done}
