"""Warns when the event loop stood still, and says which route held it: all requests of a process wait meanwhile.

A beat in the loop says how long it stood still; a thread looks, while it does, at what runs. Requests pay nothing.
"""

from __future__ import annotations

import asyncio
import sys
import sysconfig
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from fondasi.kit.http.table import RouteTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

LIMIT: Final = 0.1  # seconds
BEAT: Final = 0.025
LOOK: Final = 0.05  # seconds after which the thread looks who it is
ADVICE: Final = "Everybody waits for blocking work: await it, or give it to asyncio.to_thread."
ELSEWHERE: Final = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), "<")
WATCHES: Final[set[_Watch]] = set()

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Culprit:
    """What ran: `GET /posts` or `job posts.count`, and the line of code."""

    what: str | None
    line: str | None


@contextmanager
def watched() -> Iterator[None]:
    """Watch the running loop inside the block."""
    watch = _Watch(asyncio.get_running_loop())
    WATCHES.add(watch)
    try:
        yield
    finally:
        WATCHES.discard(watch)
        watch.stop()


def watch_from_now() -> None:
    """Forget what ran in the running loop until now: the start of a server, which keeps nobody waiting."""
    for watch in WATCHES:
        watch.begin_anew(asyncio.get_running_loop())


class _Watch:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._thread_id = loop, threading.get_ident()
        self._stopped = threading.Event()
        self._culprit: Culprit | None = None
        self._due, self._worked = time.monotonic(), time.thread_time()
        self._handle = loop.call_later(BEAT, self._beat)
        threading.Thread(target=self._look_on, name="standstill", daemon=True).start()

    def begin_anew(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is self._loop:
            self._culprit, self._worked, self._due = None, time.thread_time(), time.monotonic() + BEAT

    def stop(self) -> None:
        self._stopped.set()
        self._handle.cancel()

    def _beat(self) -> None:
        now, worked = time.monotonic(), time.thread_time()
        late, culprit = now - self._due, self._culprit
        # Without a culprit somebody kept even the thread from looking, or the machine was busy with something else.
        if late >= LIMIT and (culprit or worked - self._worked >= LIMIT):
            culprit = culprit or Culprit(None, None)
            log.warning(
                "event_loop_stood_still",
                milliseconds=round(late * 1000),
                route=culprit.what,
                at=culprit.line,
                advice=ADVICE,
            )
        self._culprit, self._worked, self._due = None, worked, time.monotonic() + BEAT
        self._handle = self._loop.call_later(BEAT, self._beat)

    def _look_on(self) -> None:
        asleep = time.monotonic()
        while not self._stopped.wait(BEAT):
            now = time.monotonic()
            punctual = now - asleep < LOOK
            if punctual and self._culprit is None and now - self._due >= LOOK:
                self._culprit = self._look()
            asleep = time.monotonic()

    def _look(self) -> Culprit | None:
        task, frame = asyncio.current_task(self._loop), sys._current_frames().get(self._thread_id)  # noqa: SLF001 - there is no other way to see another thread's
        if task is None or frame is None:
            return None
        frames = list(_outwards(frame))
        code = next((item for item in frames if not item.f_code.co_filename.startswith(ELSEWHERE)), None)
        line = f"{code.f_code.co_filename}:{code.f_lineno}" if code is not None else None
        return Culprit(_route(frames) or task.get_name(), line)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _route(frames: list[FrameType]) -> str | None:
    for frame in frames:
        if frame.f_code is RouteTable.handle.__code__:
            scope = frame.f_locals["scope"]
            route = scope.get("route")  # none where the method does not fit
            return f"{scope['method']} {route.path_format}" if route is not None else None
    return None
