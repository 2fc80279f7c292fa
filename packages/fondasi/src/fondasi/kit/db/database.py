"""Engines, sessions and the unit of work.

Reads use a session in autocommit mode: no BEGIN and ROLLBACK around a single SELECT (they cost 75 us of the app and
40 us of PostgreSQL each time). Writes use the unit of work: one transaction that commits when its block succeeds and
rolls back otherwise. Nobody else commits.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Never, cast

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.util import greenlet_spawn

from fondasi.kit import tracing
from fondasi.kit.db.driver import Circuit
from fondasi.kit.db.engine import connect, driver_url, is_unavailable, open_engine, strangers_settings
from fondasi.kit.db.references import keep_references
from fondasi.kit.db.replica import Replica
from fondasi.kit.db.shares import Shares
from fondasi.kit.db.statements import Statements
from fondasi.kit.db.tenants import settings_of
from fondasi.kit.db.versions import count_edits
from fondasi.kit.db.waiting import WAITING, make

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    import asyncpg

    from fondasi.kit.db.waiting import Write
    from fondasi.settings import DatabaseSettings


NOW = "SELECT pg_current_wal_insert_lsn()"
HAS = "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn"
LAG_LOOK_SECONDS = 0.02
_FIRST = "first"  # of a unit of work: awaited with the driver's connection when its transaction begins


class _SyncSession(SyncSession):
    """What a session does on SQLAlchemy's side."""


count_edits(_SyncSession)
keep_references(_SyncSession)


@event.listens_for(_SyncSession, "after_begin")
def _do_first(session: SyncSession, _transaction: object, connection: Any) -> None:
    first, waiting = session.info.pop(_FIRST, None), session.info.pop(WAITING, None)
    if first is None and not waiting:
        return
    adapted = connection.connection.dbapi_connection

    async def begin(driver: asyncpg.Connection) -> None:
        await begin_on(adapted)
        if first is not None:
            await first(driver)
        if waiting:
            await make(driver, waiting)

    adapted.run_async(begin)


class Session(AsyncSession):
    """A session inside a unit of work, or for reading. It cannot commit: the unit of work does.

    Attributes:
        tenant_id: the tenant whose rows it sees; of tables of tenants it sees nothing when None.
        user_id: the user whose memberships it sees in all their tenants.
        reads: it was opened for reading, and sees only what is committed.
    """

    sync_session_class = _SyncSession
    tenant_id: UUID | None = None
    user_id: UUID | None = None
    reads = False

    async def commit(self) -> Never:
        """Refused: only the unit of work commits."""
        raise RuntimeError("Only the unit of work commits. Use `database.unit_of_work()` or `flush()`.")

    async def rollback(self) -> None:
        """Undo what was done, and forget what waits to be done."""
        self.info.get(WAITING, []).clear()
        await super().rollback()

    async def act_for(self, *, tenant: UUID | None = None, user: UUID | None = None) -> None:
        """See and write the rows of a tenant, or see a user's memberships, until the transaction ends.

        `unit_of_work` and `read_session` do it for what is known before: this is for a tenant that is made in the
        transaction, or that a token names.
        """
        if named := list(settings_of(tenant, user)):
            self.tenant_id = tenant
            calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in named)
            await (await self.connection()).exec_driver_sql(f"SELECT {calls}")


class _ReadSession(Session):
    reads = True

    async def flush(self, objects: Sequence[object] | None = None) -> Never:  # noqa: ARG002
        """Refused: each statement would be committed by itself."""
        raise RuntimeError("A read session writes nothing. Use `database.unit_of_work()`.")

    async def act_for(self, *, tenant: UUID | None = None, user: UUID | None = None) -> Never:  # noqa: ARG002
        """Refused: there is no transaction that it could last for."""
        raise RuntimeError("Name them when the session is opened: `database.read_session(tenant=...)`.")


class KeepsWork:
    """Mixin of exceptions that end a unit of work and keep what it wrote: an answer that says no and undoes nothing."""


class Database:
    """One PostgreSQL database, with an optional replica for reads.

    Args:
        url: address for the app's role, `postgresql://...`.
        settings: pool sizes and timeouts.
        replica_url: where `read_session` reads; `url` when empty.

    Attributes:
        url: the address for asyncpg.
        direct_url: the same past a pooler: for LISTEN, and for locks that outlive a transaction.
        before_commit: called with the session of every unit of work that commits, within its transaction, and with the
            exception that ends it all the same (`KeepsWork`), if there is one.
        around_commit: entered with the session when it is about to commit, and left when that is done or has failed.
        info: what its sessions carry as their `info`.
    """

    def __init__(self, url: str, settings: DatabaseSettings, *, replica_url: str | None = None) -> None:
        self.url = driver_url(url)
        direct = settings.direct_url
        self.direct_url = driver_url(direct.get_secret_value()) if direct else self.url
        self.before_commit: list[Callable[[Session, Exception | None], Awaitable[None]]] = []
        self.around_commit: list[Callable[[Session], AbstractAsyncContextManager[None]]] = []
        self.info: dict[Any, Any] = {}
        strangers = strangers_settings(settings)
        pooled = settings.pooler == "transaction"
        self._circuit = Circuit(lambda: connect(url, settings), pooled=pooled)
        self._statements = Statements(url, settings, self._circuit)
        self._shares = Shares(settings.pool_size + settings.pool_overflow, settings.pool_timeout)
        self._strangers_shares = Shares(settings.stranger_pool_size, settings.pool_timeout)
        self._writer = open_engine(url, settings, circuit=self._circuit)
        self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._strangers = _reading(url, strangers, self._circuit)
        self._replica: Replica | None = None
        if replica_url:
            circuit = Circuit(lambda: connect(replica_url, settings), pooled=pooled)
            self._replica = Replica(
                _reading(replica_url, settings, circuit), _reading(replica_url, strangers, circuit), circuit
            )

    @property
    def lacks_replica(self) -> bool:
        """There is a replica, and it could not be reached a moment ago."""
        return self._replica is not None and self._replica.is_away

    @asynccontextmanager
    async def read_session(
        self,
        *,
        fresh: bool = False,
        stranger: bool = False,
        tenant: UUID | None = None,
        user: UUID | None = None,
    ) -> AsyncIterator[Session]:
        """A session for reading: each statement stands alone, on the replica if there is one that answers.

        For a tenant or a user it is one read-only transaction, whose statements all see the same moment.

        Args:
            fresh: never on the replica, which may lag: for what must hold at once, such as a revoked session.
            stranger: nobody is signed in. Strangers share a few connections of their own, and a shorter limit.
            tenant: whose rows to see of tables of tenants.
            user: whose memberships to see, in all their tenants.
        """
        shares = self._strangers_shares if stranger else self._shares
        async with shares.share(), await self._open(fresh=fresh, stranger=stranger) as session:
            if tenant is None and user is None:
                yield session
                return
            session.tenant_id, session.user_id = tenant, user
            async with _read_only(await driver_connection(session), tenant, user):
                yield session

    def open_session(self, first: Callable[[asyncpg.Connection], Awaitable[None]] | None = None) -> Session:
        """A session that writes. `unit_of_work` ends it.

        Args:
            first: awaited with the driver's connection when the transaction begins, which is with the first use.
        """
        session = Session(self._writer, expire_on_commit=False, info=self.info)
        if first is not None:
            session.info[_FIRST] = first
        session.sync_session.begin().__enter__()
        return session

    @asynccontextmanager
    async def unit_of_work(
        self,
        *,
        audited: bool = True,
        tenant: UUID | None = None,
        user: UUID | None = None,
        session: Session | None = None,
    ) -> AsyncIterator[Session]:
        """A transaction: committed when the block succeeds, rolled back when it raises.

        An exception that is a `KeepsWork` commits too, and is raised then.

        Args:
            audited: False for housekeeping that no user asked for, such as noting when a session was last used.
            tenant: whose rows to see and write of tables of tenants.
            user: whose memberships to see, in all their tenants.
            session: goes on to the end in the block, where it was opened before.
        """
        kept: Exception | None = None
        if session is None:
            session = self.open_session()
            session.info[WAITING] = []
        async with self._shares.share(), AsyncExitStack() as around, self._committed(session):
            await session.act_for(tenant=tenant, user=user)
            try:
                yield session
            except Exception as error:
                if not isinstance(error, KeepsWork):
                    raise
                kept = error
            for call in self.before_commit if audited else ():
                await call(session, kept)
            for enter in self.around_commit:
                await around.enter_async_context(enter(session))
        if kept is not None:
            raise kept

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """The driver's own connection, for COPY and LISTEN; never to the replica. Transactions are the caller's."""
        async with self._reader.connect() as connection:
            yield await _driver(connection)

    async def fetch_row(self, query: str, *values: object) -> asyncpg.Record | None:
        """The first row of one statement in the driver's own SQL ($1, $2, ...), never from the replica.

        For what every request asks: a fifth of the cost of a session. It commits by itself.
        """
        return await self._statements.fetch_row(query, *values)

    async def catch_up(self, seconds: float) -> None:
        """Wait until the replica has what is committed now, if there is one that answers, but not longer than that."""
        if self._replica is None or self._replica.is_away:
            return
        row = await self.fetch_row(NOW)
        async with self.read_session() as session:
            connection = await session.connection()
            until = monotonic() + seconds
            while monotonic() < until:
                if (await connection.exec_driver_sql(HAS, (row[0] if row else None,))).scalar():
                    return
                await asyncio.sleep(LAG_LOOK_SECONDS)

    async def close(self) -> None:
        """Close all connections."""
        await self._statements.close()
        await self._writer.dispose()
        await self._strangers.dispose()
        if self._replica is not None:
            await self._replica.close()
        await self._circuit.close()

    @asynccontextmanager
    async def _committed(self, session: Session) -> AsyncIterator[None]:
        """Commit and close in one step over to SQLAlchemy's side, where all is well."""
        try:
            yield
            if session.info.get(WAITING) and not (session.new or session.dirty or session.deleted):
                await self._make_alone(session.info.pop(WAITING))
                session.sync_session.close()  # it was never used
            else:
                await session.run_sync(_commit_and_close)
        except BaseException as error:
            await session.__aexit__(type(error), error, error.__traceback__)
            raise

    async def _make_alone(self, writes: Sequence[Write]) -> None:
        """Make writes in a transaction by themselves: one statement, without BEGIN and COMMIT."""
        connection = await self._writer.raw_connection()
        try:
            await make(cast("asyncpg.Connection", connection.driver_connection), writes)
        finally:
            await greenlet_spawn(connection.close)

    async def _open(self, *, fresh: bool, stranger: bool) -> _ReadSession:
        if self._replica is not None and not fresh and self._replica.may_be_asked():
            session = _read_on(self._replica.strangers if stranger else self._replica.members, self.info)
            try:
                await session.connection()
            except BaseException as error:
                await session.close()
                if not isinstance(error, OSError | DBAPIError) or not is_unavailable(error):
                    raise  # also where it is only busy: its reads would keep the primary from its work
                self._replica.failed()
            else:
                self._replica.answered()
                return session
        return _read_on(self._strangers if stranger else self._reader, self.info)


class TracedDatabase(Database):
    """A database whose units of work and read sessions are spans: waiting for a connection and committing show, too."""

    @asynccontextmanager
    async def read_session(self, **options: Any) -> AsyncIterator[Session]:
        """See `Database.read_session`."""
        with tracing.span("read session"):
            async with super().read_session(**options) as session:
                yield session

    @asynccontextmanager
    async def unit_of_work(self, **options: Any) -> AsyncIterator[Session]:
        """See `Database.unit_of_work`."""
        with tracing.span("unit of work"):
            async with super().unit_of_work(**options) as session:
                yield session


def open_database(url: str, settings: DatabaseSettings, *, replica_url: str | None = None) -> Database:
    """The database of a running platform. See `Database`."""
    kind = TracedDatabase if tracing.is_on() else Database
    return kind(url, settings, replica_url=replica_url)


def _reading(url: str, settings: DatabaseSettings, circuit: Circuit) -> AsyncEngine:
    return open_engine(url, settings, circuit=circuit).execution_options(isolation_level="AUTOCOMMIT")


def _read_on(engine: AsyncEngine, info: dict[Any, Any]) -> _ReadSession:
    return _ReadSession(engine, expire_on_commit=False, autoflush=False, info=info)


async def driver_connection(session: Session) -> asyncpg.Connection:
    """The asyncpg connection under a session: for COPY, for the job queue, and for SQL without the ORM's cost.

    Under a unit of work it is inside its transaction; a read session has none.
    """
    adapted = await session.run_sync(_adapted_under)
    if not session.reads:
        await begin_on(adapted)
    return cast("asyncpg.Connection", adapted.driver_connection)


async def begin_on(adapted: Any) -> None:
    """Begin the transaction of SQLAlchemy's connection: by itself it sends BEGIN with its own first statement."""
    if adapted._transaction is None:  # noqa: SLF001
        transaction = adapted.driver_connection.transaction()
        await transaction.start()
        adapted._transaction = transaction  # noqa: SLF001 - ends it at the commit


def _commit_and_close(session: SyncSession) -> None:
    transaction = session.get_transaction()
    try:
        if transaction is not None:
            transaction.__exit__(None, None, None)
    finally:
        session.close()


@asynccontextmanager
async def _read_only(
    driver: asyncpg.Connection, tenant: UUID | None, user: UUID | None
) -> AsyncIterator[None]:
    """A read-only transaction for a tenant or a user. Beginning and naming them is one message to the server."""
    named = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in settings_of(tenant, user))
    try:
        await driver.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {named}")
        yield
    except BaseException:
        with suppress(Exception):  # what ended the block is told, above all that it was cancelled
            await _roll_back(driver)
        raise
    await _roll_back(driver)


async def _roll_back(driver: asyncpg.Connection) -> None:
    try:
        if not driver.is_closed():  # as it is after a cancelled statement
            await driver.execute("ROLLBACK")
    except BaseException:
        driver.terminate()  # never back to the pool with a tenant's transaction open
        raise


def _adapted_under(session: SyncSession) -> Any:
    """In one step, for each step over to SQLAlchemy's side costs about 10 us."""
    return session.connection().connection.dbapi_connection


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)
