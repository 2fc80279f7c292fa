"""A worker in a process of its own, to be killed: `worker_process.py DATABASE_URL`."""

import asyncio
import signal
import sys

from sqlalchemy import text

from fondasi.kit.db import Database
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings, JobSettings

INSERT = text("INSERT INTO effect VALUES (:job, :number)")


@job(name="test.two_effects", retries=0)
async def two_effects(context: JobContext, seconds: float) -> None:
    """Writes one row before and one after a pause, so that a death in between would show."""
    await context.session.execute(INSERT, {"job": context.job_id, "number": 1})
    await context.progress(1, 2)
    await asyncio.sleep(seconds)
    await context.session.execute(INSERT, {"job": context.job_id, "number": 2})


async def main(url: str) -> None:
    database = Database(url, DatabaseSettings())
    settings = JobSettings(concurrency=4, stale_after=1, grace=2)
    worker = Worker(None, database, JobRegistry([two_effects]), settings)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
