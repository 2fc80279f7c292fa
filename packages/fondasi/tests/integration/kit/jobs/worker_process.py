"""Workers in processes of their own, to be killed.

`worker_process.py DATABASE_URL` forks one for every line that it reads, and prints its process id.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import text

from fondasi.kit.db import Database
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.kit.telemetry import configure_logging
from fondasi.settings import DatabaseSettings, JobSettings, Settings

INSERT = text("INSERT INTO effect VALUES (:job, :number)")


@job(name="test.two_effects", retries=0)
async def two_effects(context: JobContext, seconds: float) -> None:
    """Writes one row before and one after a pause, so that a death in between would show."""
    await context.session.execute(INSERT, {"job": context.job_id, "number": 1})
    await context.progress(1, 2)
    await asyncio.sleep(seconds)
    await context.session.execute(INSERT, {"job": context.job_id, "number": 2})


@job(name="test.writes_nothing", retries=0)
async def writes_nothing(context: JobContext, seconds: float) -> None:
    """Says that it runs, and writes nothing in its unit of work."""
    await context.progress(1, 2)
    await asyncio.sleep(seconds)


@job(name="test.held", retries=0)
async def held(context: JobContext) -> None:
    """The same with a pause that lasts until it is `released`."""
    await context.session.execute(INSERT, {"job": context.job_id, "number": 1})
    await context.progress(1, 2)
    await released(context)
    await context.session.execute(INSERT, {"job": context.job_id, "number": 2})


@job(name="test.poison", retries=0)
async def poison(context: JobContext) -> None:
    """Takes its worker down, as one that needs more memory than there is."""
    os.kill(os.getpid(), signal.SIGKILL)


@job(name="test.bounded", retries=0, timeout=1)
async def bounded(context: JobContext) -> None:
    """Says that it runs, and waits for longer than its worker will be awake."""
    await context.progress(1, 2)
    await asyncio.sleep(0.9)


async def released(context: JobContext) -> None:
    """Wait until no test is `holding`."""
    await context.session.execute(text("SELECT pg_advisory_xact_lock_shared(1)"))


async def work(url: str) -> None:
    database = Database(url, DatabaseSettings())
    settings = JobSettings(concurrency=4, stale_after=1, grace=60)
    worker = Worker(
        None, database, JobRegistry([two_effects, writes_nothing, held, poison, bounded]), settings
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
    await database.close()


def main(url: str) -> None:
    configure_logging(Settings(_env_file=None))  # to stderr: stdout is for process ids
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(work(url))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
