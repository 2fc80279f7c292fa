"""The driver's connection, made to end: what does not answer in time is given up, and its siblings are suspected.

asyncpg waits for an answer for ever unless told otherwise, cancels a statement over another connection that can hang as
well, and keeps using a connection after it. The server's own limits (`statement_timeout`, keepalive) do not help
where its packets never arrive: a failover, a firewall that forgot its flows, a machine that stands still.
"""

from __future__ import annotations

import asyncio
import socket
from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import asyncpg
import structlog
from asyncpg import connect_utils

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.engine.interfaces import ExceptionContext

log = structlog.get_logger(__name__)

ANSWER_MARGIN = 2.0  # seconds that the client waits longer than the server works on a statement
CANCEL_SECONDS, CLOSE_SECONDS = 5.0, 2.0
PING_AFTER, PING_SECONDS = 10.0, 2.0  # a connection that was idle so long is asked before it is used
# Seconds (the last one: milliseconds) after which the kernel gives up a peer that acknowledges nothing.
SOCKET_OPTIONS = {
    (socket.SOL_SOCKET, "SO_KEEPALIVE"): 1,
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE"): 10,
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL"): 5,
    (socket.IPPROTO_TCP, "TCP_KEEPCNT"): 3,
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT"): 15_000,
}
_Driver: Any = asyncpg.Connection
_utils: Any = connect_utils
# What serves connections that were given up, by process and age in seconds: a younger process only has the number.
END = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity JOIN unnest($1::int[], $2::float8[]) AS lost (pid, age) USING (pid)
WHERE usename = current_user AND backend_start < now() - (age - 5) * interval '1 second'
"""
_cancellations: set[asyncio.Task[None]] = set()


class DatabaseUnavailableError(StartError, ConnectionError):
    """No connection to PostgreSQL can be made now. The message names neither user nor password."""


class DatabaseSilentError(DatabaseUnavailableError):
    """PostgreSQL did not answer a statement in time. The connection is ended."""


def watch_socket(transport: asyncio.BaseTransport) -> None:
    """Let the kernel notice that the other side is gone, as far as it knows how to."""
    found = transport.get_extra_info("socket")
    if found is None or found.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    for (level, name), value in SOCKET_OPTIONS.items():
        if (option := getattr(socket, name, None)) is not None:
            found.setsockopt(level, option, value)


def _judged(method: Callable[..., Awaitable[Any]]) -> Any:
    @wraps(method)
    async def call(self: Connection, *args: Any, **options: Any) -> Any:
        try:
            return await method(self, *args, **options)
        except (TimeoutError, asyncpg.InternalClientError, asyncpg.PostgresError) as error:
            self.judge(error)
            raise

    return call


class Connection(_Driver):  # type: ignore[misc]
    """A connection that is used no more once a statement on it was cut short, whoever cut it.

    Attributes:
        circuit: the connections that share its fate; None for one that stands alone.
        is_idle: whether it rests in a pool.
        answered_at: when it was last known to be good, on the monotonic clock.
        began_at: when it was made.
        process: of the server that serves it.
    """

    circuit: Circuit | None = None
    _config: Any

    def __init__(self, protocol: Any, transport: asyncio.BaseTransport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        watch_socket(transport)
        self.is_idle = False
        self.answered_at = self.began_at = monotonic()
        self.process = protocol.get_server_pid()
        self._patience = self._config.command_timeout

    execute = _judged(_Driver.execute)
    prepare = _judged(_Driver.prepare)
    _execute = _judged(_Driver._execute)  # noqa: SLF001 - what fetch(), fetchrow() and fetchval() share
    _executemany = _judged(_Driver._executemany)  # noqa: SLF001
    _copy_in = _judged(_Driver._copy_in)  # noqa: SLF001
    _copy_out = _judged(_Driver._copy_out)  # noqa: SLF001

    def judge(self, error: BaseException) -> None:
        """End the connection where an error says that it is good for nothing more.

        Raises:
            DatabaseSilentError: instead of a time-out.
            DatabaseUnavailableError: instead of what asyncpg says when the server hangs up in the middle.
        """
        if isinstance(error, TimeoutError):
            self.terminate()
            if self.circuit is not None:
                self.circuit.suspect(self.waits, self)
            raise DatabaseSilentError("PostgreSQL did not answer in time.") from error
        if isinstance(error, asyncpg.InternalClientError):
            self.terminate()
            raise DatabaseUnavailableError("PostgreSQL ended the connection.") from error
        if getattr(error, "severity_en", None) in {"FATAL", "PANIC"}:
            self.terminate()

    @property
    def waits(self) -> float:
        """Seconds that a statement may take; infinite where there is no limit."""
        limit: float | None = self._config.command_timeout
        return float("inf") if limit is None else limit

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's own signature
        """Close it, at once where the server does not answer."""
        try:
            await super().close(timeout=CLOSE_SECONDS if timeout is None else timeout)
        except TimeoutError:  # asyncpg has ended it
            if self.circuit is not None:
                self.circuit.suspect(CLOSE_SECONDS, self)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.terminate()

    def enter_pool(self, seconds: float) -> None:
        """It comes into a pool: until somebody takes it, each answer has to come in so many seconds.

        SQLAlchemy lets the first connections of a pool wait for one another, so one that died would hold up all.
        """
        self.is_idle = True
        self._wait(seconds)

    def leave_pool(self) -> None:
        """Somebody takes it."""
        self.is_idle = False
        self._wait(self._patience)

    def rest(self) -> None:
        """It goes back into a pool."""
        self.is_idle, self.answered_at = True, monotonic()
        self._wait(self._patience)

    @property
    def needs_ping(self) -> bool:
        """Whether it was idle for so long that the way to the server may be gone."""
        return monotonic() - self.answered_at > PING_AFTER

    async def ping(self) -> None:
        """See whether the server is there.

        Raises:
            DatabaseUnavailableError: it is not, and the connection is ended.
        """
        await self.execute("SELECT 1", timeout=PING_SECONDS)

    def forget_limit(self) -> None:
        """Wait for answers without a limit, until it rests again."""
        self._wait(None)

    def _wait(self, seconds: float | None) -> None:
        if self._config.command_timeout != seconds:
            self._config = self._config._replace(command_timeout=seconds)

    def _cancel_current_command(self, *_waiters: asyncio.Future[None]) -> None:
        """Called by asyncpg for a statement that timed out or whose task was cancelled."""
        protocol = self._protocol
        task = self._loop.create_task(
            _cancel(self._loop, self._addr, self._params, protocol.backend_pid, protocol.backend_secret)
        )
        _cancellations.add(task)
        task.add_done_callback(_cancellations.discard)
        self._loop.call_soon(self.terminate)  # not now: asyncpg has yet to tell the statement


async def lift_limits(connection: asyncpg.Connection) -> None:
    """Let statements, waits for locks and pauses take as long as they need, until the transaction ends.

    For work beside the requests: compaction, a migration of data.
    """
    await connection.execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
        "SET LOCAL idle_in_transaction_session_timeout = 0"
    )
    if isinstance(connection, Connection):
        connection.forget_limit()


async def _cancel(loop: asyncio.AbstractEventLoop, addr: Any, params: Any, pid: int, secret: int) -> None:
    try:
        async with asyncio.timeout(CANCEL_SECONDS):
            await _utils._cancel(  # noqa: SLF001
                loop=loop, addr=addr, params=params, backend_pid=pid, backend_secret=secret
            )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pass  # the server finds out when it next writes, or by its statement_timeout


class Circuit:
    """The connections of a process to one server.

    When one of them is not answered, those that rest and have not been heard of since are ended, so that nobody waits
    for them one after another. If no new connection can be made either, the server is away, and those that wait for
    it are ended too. If one can be made, the server is told over it to end what served those that were given up: of
    itself it would keep their transactions and locks until it finds out.

    Args:
        connect: makes another connection.
        pooled: whether a pooler stands in between, whose connections are not the server's.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], *, pooled: bool = False) -> None:
        self._connect = connect
        self._pooled = pooled
        self._given_up: list[tuple[int, float]] = []
        self._connections: WeakSet[Connection] = WeakSet()
        self._probe: asyncio.Task[None] | None = None

    def add(self, connection: Connection) -> Connection:
        """Watch a connection."""
        connection.circuit = self
        self._connections.add(connection)
        return connection

    def suspect(self, seconds: float, silent: Connection) -> None:
        """A connection was not answered for so many seconds.

        Args:
            seconds: so many.
            silent: the connection, which was ended.
        """
        since = monotonic() - seconds
        ended = [item for item in self._connections if item.is_idle and item.answered_at < since]
        for connection in ended:
            connection.terminate()
        log.warning("database_silent", seconds=seconds, ended=len(ended))
        self._given_up += [(item.process, item.began_at) for item in [silent, *ended]]
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._see(), name="database probe")

    async def close(self) -> None:
        """Stop looking."""
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)

    async def _see(self) -> None:
        try:
            connection = await self._connect()
        except DatabaseUnavailableError as error:
            if not isinstance(error.__cause__, TimeoutError):
                return  # it answers, if only to refuse
            waiting = [item for item in self._connections if not item.is_closed()]
            for item in waiting:
                item.terminate()
            log.warning("database_away", ended=len(waiting))
        else:
            await self._end_given_up(connection)

    async def _end_given_up(self, connection: Connection) -> None:
        try:
            while self._given_up and not self._pooled:
                lost, self._given_up = self._given_up, []
                ages = [monotonic() - began_at for _, began_at in lost]
                await connection.execute(END, [process for process, _ in lost], ages)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("lost_connections_not_ended", error=type(error).__name__)
        finally:
            connection.terminate()


def judge_error(context: ExceptionContext) -> None:
    """SQLAlchemy's `handle_error`: its statements fail like those of the driver."""
    connection = context.connection
    if connection is None or connection.invalidated or connection.closed:
        return
    driver = connection.connection.driver_connection
    if isinstance(driver, Connection):
        error = context.original_exception
        driver.judge(error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error)
