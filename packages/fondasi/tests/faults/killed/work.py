"""Workers of a whole platform in processes of their own, to be killed.

`work.py SETTINGS` forks one for every line that it reads, and prints its process id.
"""

import asyncio
import os
import pickle
import signal
import sys
from pathlib import Path

from fondasi.kit.db import driver_connection
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.kit.telemetry import configure_logging
from fondasi.messages.jobs import deliver as deliver_message
from fondasi.module import Module
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import Settings
from fondasi.webhooks.jobs import deliver as deliver_webhook

WRITE = "INSERT INTO killed_effect VALUES ($1, $2)"


@job(name="killed.write", retries=0)
async def write(context: JobContext, seconds: float) -> None:
    """Writes one row before and one after a pause, so that a death in between would show."""
    await (await driver_connection(context.session)).execute(WRITE, context.job_id, 1)
    await asyncio.sleep(seconds)
    await (await driver_connection(context.session)).execute(WRITE, context.job_id, 2)


@job(name="killed.only_result", retries=0)
async def only_result(context: JobContext, seconds: float) -> float:
    """Writes nothing: its success is all that is left of it."""
    await asyncio.sleep(seconds)
    return seconds


MODULE = Module("killed", jobs=[write, only_result], permissions=[])
JOBS = [write, only_result, deliver_message, deliver_webhook]


async def work(settings: Settings) -> None:
    async with open_platform(settings, [*platform_modules(), MODULE], migrated=True) as platform:
        await Worker(platform, platform.database, JobRegistry(JOBS), settings.job).run()


def main(path: Path) -> None:
    settings = pickle.loads(path.read_bytes())
    configure_logging(settings)  # to stderr: stdout is for process ids
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(work(settings))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
