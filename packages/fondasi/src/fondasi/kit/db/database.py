"""Engines, sessions and the unit of work.

Reads use a session in autocommit mode: no BEGIN and ROLLBACK around a single SELECT (they cost 75 us of the app and
40 us of PostgreSQL each time). Writes use the unit of work: one transaction that commits when its block succeeds and
rolls back otherwise. Nobody else commits.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Never, cast

import orjson
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg

    from fondasi.settings import DatabaseSettings


class Session(AsyncSession):
    """A session inside a unit of work, or for reading. It cannot commit: the unit of work does."""

    async def commit(self) -> Never:
        """Refused: only the unit of work commits."""
        raise RuntimeError("Only the unit of work commits. Use `database.unit_of_work()` or `flush()`.")


class Database:
    """One PostgreSQL database, with an optional replica for reads.

    Args:
        url: address for the app's role, `postgresql://...`.
        settings: pool sizes and timeouts.
        replica_url: where `read_session` reads; `url` when empty.
    """

    def __init__(self, url: str, settings: DatabaseSettings, *, replica_url: str | None = None) -> None:
        self.url = url
        self._writer = _engine(url, settings)
        reader = _engine(replica_url, settings) if replica_url else self._writer
        self._replica = reader if replica_url else None
        self._reader = reader.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read_session(self) -> AsyncIterator[Session]:
        """A session for reading: each statement stands alone, on the replica if there is one."""
        async with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Session]:
        """A transaction: committed when the block succeeds, rolled back when it raises."""
        async with Session(self._writer, expire_on_commit=False) as session, AsyncSession.begin(session):
            yield session

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """The driver's own connection, for COPY and LISTEN. Transactions are the caller's."""
        async with self._reader.connect() as connection:
            yield await _driver(connection)

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        if self._replica is not None:
            await self._replica.dispose()


async def driver_connection(session: Session) -> asyncpg.Connection:
    """The asyncpg connection under a unit of work, inside its transaction: for COPY and for the job queue."""
    connection = await session.connection()
    driver = await _driver(connection)
    if not driver.is_in_transaction():  # SQLAlchemy sends BEGIN with the first statement; make it now
        await connection.exec_driver_sql("SELECT 1")
    return driver


def is_unavailable(error: BaseException) -> bool:
    """Whether the error means that the database cannot be reached now, rather than a wrong statement."""
    if isinstance(error, PoolTimeoutError | OSError):
        return True
    if isinstance(error, InterfaceError | OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)


def sqlalchemy_url(url: str) -> URL:
    """The address with the asyncpg driver named, whatever PostgreSQL scheme it came with."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+asyncpg")


def _engine(url: str, settings: DatabaseSettings) -> AsyncEngine:
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_timeout=settings.pool_timeout,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": settings.connect_timeout,
            "server_settings": {
                "application_name": "fondasi",
                "statement_timeout": str(int(settings.statement_timeout * 1000)),
                "jit": "off",
                # Filtered vector searches go on until they have enough rows.
                "hnsw.iterative_scan": "relaxed_order",
                "hnsw.ef_search": "100",
                # A client whose machine vanished is given up after a minute, with its transaction and its locks.
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "3",
            },
        },
    )
