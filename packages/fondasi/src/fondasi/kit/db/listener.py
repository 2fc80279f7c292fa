"""One connection of a process on which it hears the notifications of the database, for all who listen in it.

PostgreSQL sends them when the transaction that made them commits, to all in the same order. What was sent while the
connection was away is lost: each subscriber is told when it is heard again.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from fondasi.kit.db.driver import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger(__name__)

NAME = "fondasi listener"  # in `pg_stat_activity`
LOOK_SECONDS, PATIENCE_SECONDS = 2.0, 5.0
FIRST_PAUSE, LAST_PAUSE = 0.1, 1.0
TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Subscriber:
    """Who hears a channel.

    Attributes:
        channel: its name.
    """

    channel: str

    def heard(self, payload: str) -> None:
        """A notification came."""
        raise NotImplementedError

    async def began(self) -> None:
        """The channel is heard from now on; what was sent before may have been missed."""

    def ended(self) -> None:
        """The channel is heard no more."""

    async def looked(self) -> None:
        """Called every two seconds while the channel is heard."""


class Listener:
    """Hears the channels of its subscribers.

    Args:
        url: address of the server itself, for a pooler in transaction mode loses notifications.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._subscribers: list[Subscriber] = []

    def add(self, subscriber: Subscriber) -> None:
        """Let somebody hear their channel, before `running`."""
        self._subscribers.append(subscriber)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear inside the block. It begins when that was tried once."""
        tried = asyncio.Event()
        task = asyncio.create_task(self._hear(tried), name="listener")
        try:
            await tried.wait()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _hear(self, tried: asyncio.Event) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url,
                    connection_class=Connection,
                    timeout=PATIENCE_SECONDS,
                    command_timeout=PATIENCE_SECONDS,
                    server_settings={"application_name": NAME},
                )
                try:
                    for subscriber in self._subscribers:
                        await connection.add_listener(subscriber.channel, _passed_to(subscriber))
                    for subscriber in self._subscribers:
                        await subscriber.began()
                    pause = FIRST_PAUSE
                    tried.set()
                    await self._watch(connection)
                finally:
                    self._ended()
                    connection.terminate()
            except TROUBLE as error:
                log.warning("database_unheard", error=type(error).__name__, retry_in=pause)
            tried.set()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)

    async def _watch(self, connection: Any) -> None:
        """Return, or raise, when the connection is gone."""
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: self._ended(gone))
        while not gone.is_set():
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await gone.wait()
            except TimeoutError:
                await connection.fetchval("SELECT 1")
                for subscriber in self._subscribers:
                    await subscriber.looked()

    def _ended(self, gone: asyncio.Event | None = None) -> None:
        for subscriber in self._subscribers:
            subscriber.ended()
        if gone is not None:
            gone.set()


def _passed_to(subscriber: Subscriber) -> Any:
    def call(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
        subscriber.heard(payload)

    return call
