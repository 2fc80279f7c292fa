"""Engines, sessions and the unit of work.

Reads use a session in autocommit mode: no BEGIN and ROLLBACK around a single SELECT (they cost 75 us of the app and
40 us of PostgreSQL each time). Writes use the unit of work: one transaction that commits when its block succeeds and
rolls back otherwise. Nobody else commits.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Never, cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from fondasi.kit.db.engine import driver_url, open_engine
from fondasi.kit.db.statements import Statements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    import asyncpg
    from sqlalchemy.orm import Session as SyncSession

    from fondasi.settings import DatabaseSettings


class Session(AsyncSession):
    """A session inside a unit of work, or for reading. It cannot commit: the unit of work does."""

    async def commit(self) -> Never:
        """Refused: only the unit of work commits."""
        raise RuntimeError("Only the unit of work commits. Use `database.unit_of_work()` or `flush()`.")


class _ReadSession(Session):
    async def flush(self, objects: Sequence[object] | None = None) -> Never:  # noqa: ARG002
        """Refused: each statement would be committed by itself."""
        raise RuntimeError("A read session writes nothing. Use `database.unit_of_work()`.")


class KeepsWork:
    """Mixin of exceptions that end a unit of work and keep what it wrote: an answer that says no and undoes nothing."""


class Database:
    """One PostgreSQL database, with an optional replica for reads.

    Args:
        url: address for the app's role, `postgresql://...`.
        settings: pool sizes and timeouts.
        replica_url: where `read_session` reads; `url` when empty.

    Attributes:
        before_commit: called with the session of every unit of work that succeeded, within its transaction.
    """

    def __init__(self, url: str, settings: DatabaseSettings, *, replica_url: str | None = None) -> None:
        self.url = driver_url(url)
        self.before_commit: list[Callable[[Session], Awaitable[None]]] = []
        self._statements = Statements(url, settings)
        self._writer = open_engine(url, settings)
        self._replica = open_engine(replica_url, settings) if replica_url else None
        self._autocommit = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = (self._replica or self._writer).execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read_session(self, *, fresh: bool = False) -> AsyncIterator[Session]:
        """A session for reading: each statement stands alone, on the replica if there is one.

        Args:
            fresh: never on the replica, which may lag: for what must hold at once, such as a revoked session.
        """
        engine = self._autocommit if fresh else self._reader
        async with _ReadSession(engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def unit_of_work(self, *, audited: bool = True) -> AsyncIterator[Session]:
        """A transaction: committed when the block succeeds, rolled back when it raises.

        An exception that is a `KeepsWork` commits too, and is raised then.

        Args:
            audited: False for housekeeping that no user asked for, such as noting when a session was last used.
        """
        kept: Exception | None = None
        async with Session(self._writer, expire_on_commit=False) as session, AsyncSession.begin(session):
            try:
                yield session
            except Exception as error:
                if not isinstance(error, KeepsWork):
                    raise
                kept = error
            for call in self.before_commit if audited else ():
                await call(session)
        if kept is not None:
            raise kept

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """The driver's own connection, for COPY and LISTEN; never to the replica. Transactions are the caller's."""
        async with self._autocommit.connect() as connection:
            yield await _driver(connection)

    async def fetch_row(self, query: str, *values: object) -> asyncpg.Record | None:
        """The first row of one statement in the driver's own SQL ($1, $2, ...), never from the replica.

        For what every request asks: a fifth of the cost of a session. It commits by itself.
        """
        return await self._statements.fetch_row(query, *values)

    async def close(self) -> None:
        """Close all connections."""
        await self._statements.close()
        await self._writer.dispose()
        if self._replica is not None:
            await self._replica.dispose()


async def driver_connection(session: Session) -> asyncpg.Connection:
    """The asyncpg connection under a session: for COPY, for the job queue, and for SQL without the ORM's cost.

    Under a unit of work it is inside its transaction; a read session has none.
    """
    driver = await session.run_sync(_driver_under)
    if not isinstance(session, _ReadSession) and not driver.is_in_transaction():
        # SQLAlchemy sends BEGIN with the first statement; make it now.
        await (await session.connection()).exec_driver_sql("SELECT 1")
    return driver


def _driver_under(session: SyncSession) -> asyncpg.Connection:
    """In one step, for each step over to SQLAlchemy's side costs about 10 us."""
    return cast("asyncpg.Connection", session.connection().connection.driver_connection)


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)
