"""Engines: SQLAlchemy's pool over connections that asyncpg makes from the whole address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from fondasi.kit import tracing
from fondasi.kit.db.driver import (
    ANSWER_MARGIN,
    Circuit,
    Connection,
    DatabaseUnavailableError,
    judge_error,
)
from fondasi.kit.db.refusals import unreachable
from fondasi.kit.db.spans import connection_class, trace_engine
from fondasi.settings import DatabaseSettings

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

# SQLSTATE classes and codes (PostgreSQL, appendix A) that speak of the server's state, not of the statement:
# connection exceptions, insufficient resources, shutdown, crash, starting up, idle for too long, read-only after a
# failover.
UNAVAILABLE_CLASSES = ("08", "53")
UNAVAILABLE_STATES = frozenset({"57P01", "57P02", "57P03", "57P05", "25006"})

# A client whose machine vanished is given up after a minute, with its transaction and its locks.
KEEPALIVES = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
# For a pooler that may answer each statement from another connection.
_NOTHING_PREPARED: dict[str, Any] = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}


def open_engine(
    url: str,
    settings: DatabaseSettings | None = None,
    *,
    pooled: bool = True,
    circuit: Circuit | None = None,
) -> AsyncEngine:
    """An engine for an address.

    asyncpg reads the address itself, so everything that it understands works there (`sslmode`, several hosts, ...).
    Connections that the server has closed are noticed when they leave the pool, at no cost: after a restart of
    the server the first request succeeds. Those that were idle for a while are asked first.

    Args:
        url: the address.
        settings: pool sizes and times; None for the usual ones.
        pooled: False for a connection that is made when needed and closed after it.
        circuit: the connections that share the fate of these.
    """
    settings = settings or DatabaseSettings()

    async def creator(**_: Any) -> Connection:
        connection = await connect(url, settings, circuit)
        if pooled:
            connection.enter_pool(settings.connect_timeout)
        return connection

    pool: dict[str, Any] = (
        {
            "pool_size": settings.pool_size,
            "max_overflow": settings.pool_overflow,
            "pool_timeout": settings.pool_timeout,
        }
        if pooled
        else {"poolclass": NullPool}
    )
    shared = settings.pooler == "transaction"
    engine = create_async_engine(
        URL.create("postgresql+asyncpg"),
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"async_creator_fn": creator, **(_NOTHING_PREPARED if shared else {})},
        hide_parameters=True,  # logs and the errors of jobs tell what failed, not with whose values
        **pool,
    )
    event.listen(engine.sync_engine, "handle_error", judge_error)
    if tracing.is_on():
        trace_engine(engine.sync_engine)
    if pooled:
        event.listen(engine.sync_engine, "checkout", _refuse_dead)
        event.listen(engine.sync_engine, "checkin", _rest)
    return engine


def strangers_settings(settings: DatabaseSettings) -> DatabaseSettings:
    """What holds for reads of callers who have not signed in."""
    limits = [limit for limit in (settings.statement_timeout, settings.stranger_statement_timeout) if limit]
    return settings.model_copy(
        update={
            "pool_size": settings.stranger_pool_size,
            "pool_overflow": 0,
            "statement_timeout": min(limits, default=0),
        }
    )


async def connect(
    url: str, settings: DatabaseSettings, circuit: Circuit | None = None, *, name: str = "fondasi"
) -> Connection:
    """A connection of the driver.

    Args:
        url: the address.
        settings: its times.
        circuit: the connections that share its fate.
        name: what `pg_stat_activity` calls it.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    limit, shared = settings.statement_timeout, settings.pooler == "transaction"
    try:
        connection: Connection = await asyncpg.connect(
            driver_url(url),
            timeout=settings.connect_timeout,
            command_timeout=limit + ANSWER_MARGIN if limit else None,
            connection_class=connection_class(),
            statement_cache_size=0 if shared else 100,
            server_settings={
                "application_name": name,
                "timezone": "UTC",
                **({} if shared else connection_settings(settings) | KEEPALIVES),
            },
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnavailableError(unreachable(url, error)) from error
    return connection if circuit is None else circuit.add(connection)


def connection_settings(settings: DatabaseSettings) -> dict[str, str]:
    """What each connection is told; behind a pooler in transaction mode its role carries it."""
    return {
        "statement_timeout": _milliseconds(settings.statement_timeout),
        "lock_timeout": _milliseconds(settings.lock_timeout),
        "idle_in_transaction_session_timeout": _milliseconds(settings.idle_transaction_timeout),
        "jit": "off",
        # Filtered vector searches go on until they have enough rows.
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.ef_search": "100",
    }


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def driver_url(url: str) -> str:
    """The address as asyncpg and psql read it, whatever PostgreSQL scheme it came with."""
    _, separator, rest = url.partition("://")
    return f"postgresql://{rest}" if separator else url


def is_unavailable(error: BaseException) -> bool:
    """Whether the error means that the database cannot serve now, rather than a wrong statement."""
    if isinstance(error, PoolTimeoutError | DatabaseUnavailableError | asyncpg.InternalClientError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _speaks_of_the_server(error.orig)
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)
    return _speaks_of_the_server(error)


def _speaks_of_the_server(error: BaseException | None) -> bool:
    state: str = getattr(error, "sqlstate", None) or ""
    return state in UNAVAILABLE_STATES or state.startswith(UNAVAILABLE_CLASSES)


def _refuse_dead(
    connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    driver: Connection = connection.driver_connection
    if driver.is_closed():
        raise DisconnectionError("The server closed the connection.")
    driver.leave_pool()
    if driver.needs_ping:
        try:
            connection.run_async(Connection.ping)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            driver.terminate()
            raise DisconnectionError("The server does not answer.") from None


def _rest(connection: DBAPIConnection | None, _record: ConnectionPoolEntry) -> None:
    if connection is not None:
        driver: Connection = connection.driver_connection
        driver.rest()
