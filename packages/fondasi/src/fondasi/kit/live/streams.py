"""Answers that go on: server-sent events until the reader leaves, loses the right, or the service stops."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Protocol

import asyncpg
from fastapi import Header, Query
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from fondasi.kit.db import is_unavailable
from fondasi.kit.http import Problem, Unavailable
from fondasi.kit.http.middleware import HEAD, STREAMS
from fondasi.kit.http.server import STOPS
from fondasi.kit.live.events import event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    from starlette.types import Receive, Scope, Send

    from fondasi.settings import LiveSettings

MEDIA_TYPE = "text/event-stream"
RETRY_MS = (1_000, 5_000)  # so that not all come back at the same moment
LEFT, STOPPING, TIME_IS_UP = "left", "STOPPING", "TIME_IS_UP"
ENDED = Counter("fondasi_live_streams_ended_total", "Streams that ended.", ["reason"])
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy passes each event on at once


Seconds = Annotated[
    int | None,
    Query(
        ge=0,
        le=86_400,
        description="Ends after so many seconds; 0: when what was missed is told. Without it the stream goes on.",
    ),
]
LastEvent = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID", max_length=200, description="The `id` of the last event that the client has."
    ),
]


class Feed(Protocol):
    """What a stream tells.

    Attributes:
        look_seconds: after so many it is asked even when nobody woke it; None: never.
        finished: there will be no more.
    """

    look_seconds: float | None
    finished: bool

    def open(self, wake: Callable[[], None]) -> None:
        """Begin; `wake` is to be called when there may be something to tell."""

    def close(self) -> None:
        """End."""

    async def opening(self) -> bytes:
        """What is told first."""

    async def take(self) -> bytes:
        """What there is to tell now; nothing when there is nothing."""

    def heartbeat(self) -> bytes:
        """What is told now and then, so that each side sees that the other is there."""


class EventStream(Response):
    """An answer of server-sent events.

    It asks the guards of its route again every few seconds, and ends when a new request would be refused. While they
    cannot be asked it tells nothing.

    Args:
        feed: what it tells.
        place: held while it is open; may refuse with a `Problem`.
        check: asks the guards again; raises a `Problem`.
        settings: how often.
        seconds: after which it ends; None: it goes on.
    """

    def __init__(
        self,
        feed: Feed,
        place: AbstractContextManager[None],
        check: Callable[[], Awaitable[None]],
        settings: LiveSettings,
        *,
        seconds: float | None = None,
    ) -> None:
        super().__init__(headers=_HEADERS, media_type=MEDIA_TYPE)
        del self.headers["content-length"]
        self._feed = feed
        self._place = place
        self._check = check
        self._settings = settings
        self._seconds = seconds
        self._awake = asyncio.Event()
        self._reason = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the end."""
        if scope.get(HEAD):
            await self._send_head(send)
            await send({"type": "http.response.body", "body": b""})
            return
        with self._place:
            scope["state"][STREAMS] = True
            scope["state"][STOPS] = lambda: self._end(STOPPING)
            leaving = asyncio.create_task(self._wait_for_leaving(receive), name="stream")
            self._feed.open(self._awake.set)
            try:
                await self._send_head(send)
                await self._tell(send)
            finally:
                self._feed.close()
                leaving.cancel()
                ENDED.labels(
                    self._reason if self._reason in {LEFT, STOPPING, TIME_IS_UP} else "refused"
                ).inc()

    async def _send_head(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _tell(self, send: Send) -> None:
        async def write(part: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": part, "more_body": more})

        clock, settings = asyncio.get_running_loop().time, self._settings
        deadline = None if self._seconds is None else clock() + self._seconds
        checked, beaten, held = clock(), clock(), False
        retry = random.randint(*RETRY_MS)  # noqa: S311 - spreads load, guards nothing
        await write(b"retry: %d\n\n" % retry + await self._feed.opening())
        while not self._reason:
            self._awake.clear()
            if clock() - checked >= settings.check_seconds:
                held = not await self._may_go_on()
                checked = clock()
                continue
            if not held and (part := await self._take()):
                await write(part)
                continue
            if self._feed.finished or (deadline is not None and clock() >= deadline):
                self._end(TIME_IS_UP)
            elif clock() - beaten >= settings.heartbeat_seconds:
                await write(self._feed.heartbeat() or b":\n\n")
                beaten = clock()
            else:
                due = [checked + settings.check_seconds, beaten + settings.heartbeat_seconds]
                due += [] if deadline is None else [deadline]
                due += [] if self._feed.look_seconds is None else [clock() + self._feed.look_seconds]
                await self._sleep(min(due) - clock())
        if self._reason != LEFT:
            told = b"" if self._feed.finished else event("end", {"reason": self._reason})
            await write(told, more=False)

    async def _take(self) -> bytes:
        try:
            return await self._feed.take()
        except Problem as refusal:
            return self._refused(refusal)
        except Exception as error:
            if not _is_trouble(error):
                raise
            return b""  # it is looked at again

    async def _may_go_on(self) -> bool:
        """Whether the guards let the caller pass; where they refuse, the stream ends."""
        try:
            await self._check()
        except Problem as refusal:
            self._refused(refusal)
            return False
        except Exception as error:
            if not _is_trouble(error):
                raise
            return False
        return True

    def _refused(self, refusal: Problem) -> bytes:
        if not isinstance(refusal, Unavailable):
            self._end(refusal.code)
        return b""

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._awake.wait()

    async def _wait_for_leaving(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end(LEFT)

    def _end(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._awake.set()


def _is_trouble(error: Exception) -> bool:
    """Whether the database cannot be asked now."""
    known = OSError | TimeoutError | DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError
    return isinstance(error, known) and (isinstance(error, OSError | TimeoutError) or is_unavailable(error))
