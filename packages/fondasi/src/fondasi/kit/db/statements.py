"""Single statements on connections of their own, without SQLAlchemy: for what every request asks.

A connection is held for the statement alone, so a few serve thousands of requests a second, and slow work elsewhere
never keeps a request from being authenticated.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg

from fondasi.kit.db.engine import DatabaseUnavailableError, connect

if TYPE_CHECKING:
    from fondasi.settings import DatabaseSettings


class Statements:
    """A few connections, each opened when it is first needed.

    Args:
        url: address for the app's role.
        settings: how many connections, and how long to wait for one.
    """

    def __init__(self, url: str, settings: DatabaseSettings) -> None:
        self._url = url
        self._settings = settings
        self._free = asyncio.Semaphore(settings.guard_pool_size)
        self._idle: list[asyncpg.Connection] = []

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
            except asyncpg.PostgresError:
                self._idle.append(connection)
                raise
            except BaseException:  # cancelled or cut off half-way: its state is not known
                connection.terminate()
                raise
            self._idle.append(connection)
            return row
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close the connections."""
        while self._idle:
            await self._idle.pop().close()

    async def _take(self) -> asyncpg.Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await connect(self._url, self._settings)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._settings.pool_timeout):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseUnavailableError("Too many requests wait for a connection to PostgreSQL.") from None
