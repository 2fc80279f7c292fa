"""The command `fondasi worker`."""

from __future__ import annotations

import asyncio

import typer
from uvicorn.loops.auto import auto_loop_factory

from fondasi.checks import advise, refuse, start_faults
from fondasi.ending import end_soon, on_end
from fondasi.kit.db.listener import Listener
from fondasi.kit.jobs import Worker
from fondasi.kit.sentry import reporting
from fondasi.kit.telemetry import configure_logging
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

commands = typer.Typer()


@commands.command()
def worker() -> None:
    """Run background jobs until SIGTERM or Ctrl-C; jobs under way are finished first."""

    async def run() -> None:
        async with reporting(settings), open_platform(settings, create=True) as platform:
            refuse(await start_faults(platform.database, platform.modules))
            worker = Worker(platform, platform.database, platform.jobs, settings.job)
            on_end(asyncio.get_running_loop(), worker.stop, settings.job.grace)
            async with platform.get(Listener).running():
                await worker.run()
        end_soon()

    settings = get_settings()
    configure_logging(settings)
    advise(settings)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(run())
