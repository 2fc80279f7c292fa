"""Single statements on connections of their own, without SQLAlchemy: for what every request asks.

A connection is held for the statement alone, so a few serve thousands of requests a second, and slow work elsewhere
never keeps a request from being authenticated.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg

from fondasi.kit.db.driver import DatabaseUnavailableError
from fondasi.kit.db.engine import connect

if TYPE_CHECKING:
    from fondasi.kit.db.driver import Circuit, Connection
    from fondasi.settings import DatabaseSettings

# Seconds that such a statement may take: each is an index look-up, and every request waits for one.
STATEMENT_SECONDS = 4.0


class Statements:
    """A few connections, each opened when it is first needed.

    Args:
        url: address for the app's role.
        settings: how many connections, and how long to wait for one.
        circuit: the connections that share their fate.
    """

    def __init__(self, url: str, settings: DatabaseSettings, circuit: Circuit | None = None) -> None:
        self._url = url
        limit = min(settings.statement_timeout or STATEMENT_SECONDS, STATEMENT_SECONDS)
        self._settings = settings.model_copy(update={"statement_timeout": limit})
        self._circuit = circuit
        self._free = asyncio.Semaphore(settings.guard_pool_size)
        self._idle: list[Connection] = []

    async def fetch_row(self, query: str, *values: object) -> asyncpg.Record | None:
        """The first row of a statement.

        Raises:
            DatabaseUnavailableError: no connection can be had now.
        """
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        try:
            connection = await self._take()
            try:
                row: asyncpg.Record | None = await connection.fetchrow(query, *values)
            except BaseException as error:
                if not isinstance(error, asyncpg.PostgresError):  # cut off half-way: its state is not known
                    connection.terminate()
                raise
            finally:
                self._give_back(connection)
            return row
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close the connections."""
        while self._idle:
            await self._idle.pop().close()

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_closed():
                continue
            connection.is_idle = False
            if not connection.needs_ping:
                return connection
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.ping()
                return connection
            connection.terminate()
        return await connect(self._url, self._settings, self._circuit)

    def _give_back(self, connection: Connection) -> None:
        if not connection.is_closed():
            connection.rest()
            self._idle.append(connection)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._settings.pool_timeout):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseUnavailableError("Too many requests wait for a connection to PostgreSQL.") from None
