"""The processes that prepare decisions beside the one that writes them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from multiprocessing.process import BaseProcess


def how_many(processes: int | None) -> int:
    """That many, or one for each core where nobody says how many."""
    return (os.cpu_count() or 1) if processes is None else processes


@asynccontextmanager
async def worker_processes(processes: int) -> AsyncIterator[Executor]:
    """Worker processes that leave Ctrl-C to this one, and end when it does."""
    pool: Executor = ThreadPoolExecutor(1)
    if processes:
        pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _follow_parent)
    with _empty_main():
        try:
            yield pool
        finally:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)


@contextmanager
def _empty_main() -> Iterator[None]:
    """Workers that are spawned now do not run the program again: its web application would cost each seconds."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _follow_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """A parent that was killed cannot shut its workers down."""
    parent.join()
    os._exit(1)
