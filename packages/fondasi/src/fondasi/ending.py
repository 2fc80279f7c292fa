"""How processes end: at a signal, with their terminal, and whatever their tasks do."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

ENDING_SECONDS: Final = 3.0  # for what swallows its cancellation, when all else is closed
STANDING_SECONDS: Final = 5.0  # in which a loop that goes on answers, when its process is to end
POLL_SECONDS: Final = 0.2

log = structlog.get_logger(__name__)


def on_end(loop: asyncio.AbstractEventLoop, stop: Callable[[], object], grace: float) -> None:
    """Call `stop` at SIGTERM, at Ctrl-C, and when the terminal goes.

    Args:
        loop: which calls it.
        stop: ends what runs.
        grace: seconds for that; after them a loop that stands still ends with its process.
    """

    def end(*_: object) -> None:
        loop.call_soon_threadsafe(stop)
        end_if_it_stands(loop, grace)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    if not outlives_terminal():
        signal.signal(signal.SIGHUP, end)


def end_if_it_stands(loop: asyncio.AbstractEventLoop, grace: float) -> None:
    """End this process after the grace when its loop stands still: nothing in it could end it."""
    answered = threading.Event()

    def watch() -> None:
        time.sleep(grace)
        with suppress(RuntimeError):  # the loop is closed
            while True:
                answered.clear()
                loop.call_soon_threadsafe(answered.set)
                if not answered.wait(STANDING_SECONDS):
                    task = asyncio.current_task(loop)
                    advice = "Await blocking work, or give it to asyncio.to_thread."
                    log.error("ended_by_force", task=task and task.get_name(), advice=advice)
                    os._exit(1)
                time.sleep(POLL_SECONDS)

    threading.Thread(target=watch, name="standing", daemon=True).start()


def hang_up_ends() -> None:
    """Let the end of the terminal be an end like SIGTERM, unless `nohup` said otherwise."""
    if not outlives_terminal():
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def end_soon() -> None:
    """End this process in a moment, whatever still runs in it; call it in the loop when all that matters is closed.

    Python would wait without end for a task that swallows its cancellation, and for a thread.
    """
    loop, current = asyncio.get_running_loop(), asyncio.current_task()

    def end() -> None:
        time.sleep(ENDING_SECONDS)
        left = sorted(task.get_name() for task in asyncio.all_tasks(loop) if task is not current)
        if left:
            advice = "Let a cancellation pass, and bound threads."
            log.warning("ended_with_work_left", tasks=left, advice=advice)
        os._exit(0)

    threading.Thread(target=end, name="end", daemon=True).start()


def outlives_terminal() -> bool:
    """Whether `nohup` started this process."""
    return signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
