"""One PostgreSQL, started by the first process that needs it and stopped by the last one to leave."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

import asyncpg
import structlog

from fondasi.kit.db.embedded.cluster import PORT, Cluster
from fondasi.kit.db.embedded.configuration import APP, DATABASE, OWNER, SUPERUSER
from fondasi.kit.db.embedded.errors import EmbeddedServerError
from fondasi.kit.db.embedded.postmaster import process_title

Role = Literal["app", "owner", "superuser"]
_USERS: dict[Role, str] = {"app": APP, "owner": OWNER, "superuser": SUPERUSER}
_READY_SECONDS = 300.0
_POLL_SECONDS = 0.02
_WATCH_SECONDS = 1.0
_REVIVAL_SECONDS = 10.0  # between tries to start a server that does not start

log = structlog.get_logger(__name__)


class EmbeddedServer:
    """One process's share of the server in ``data_dir``; make it with :meth:`start`.

    Every user of the server holds a shared lock that the kernel releases when the process dies. Who leaves
    and then gets the lock exclusively was the last, and stops the server::

        async with await EmbeddedServer.start(Path("data")) as server:
            connection = await asyncpg.connect(server.url("app"))
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._socket_directory = cluster.socket_directory
        self._left = False
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, data_dir: Path, *, durable: bool = True) -> Self:
        """Start the server, or join the one that runs; make the cluster first if there is none.

        Args:
            data_dir: holds ``postgres/`` (the cluster) and ``postgres.locks/``; made if missing.
            durable: whether commits survive a power cut; ``False`` is for tests. Ignored when joining.

        Raises:
            EmbeddedServerError: with the path, what PostgreSQL said, and what to do.
        """
        cluster = await asyncio.to_thread(Cluster, data_dir, durable=durable)
        try:
            await _exclusively(cluster)
            try:
                await _in_thread(cluster.join, _READY_SECONDS)
            except asyncio.CancelledError:
                await _in_thread(cluster.leave)
                raise
            server = cls(cluster)
            server._watch = asyncio.create_task(server._look_after())
        except BaseException:
            cluster.close()
            raise
        cluster.changes.release()
        return server

    @classmethod
    def look(cls, data_dir: Path) -> tuple[Self, bool]:
        """Return the server for its addresses, and whether it runs; nothing is started.

        Raises:
            EmbeddedServerError: the directory belongs to somebody else.
        """
        cluster = Cluster(data_dir)
        try:
            server = cls(cluster)
            server._left = True
            return server, cluster.is_running()
        finally:
            cluster.close()

    def url(self, role: Role = "app", database: str = DATABASE) -> str:
        """Return an address that asyncpg, psql and (with ``postgresql+asyncpg``) SQLAlchemy accept.

        Args:
            role: ``app`` reads and writes rows, ``owner`` migrates the database, ``superuser`` may do all.
            database: its name.
        """
        return f"postgresql://{_USERS[role]}@/{quote(database)}?host={quote(str(self._socket_directory))}&port={PORT}"

    async def create_database(self, name: str, template: str | None = None) -> None:
        """Create database ``name``, owned by the owner role, with pgvector and the app role's grants.

        Args:
            name: of the new database.
            template: a database without connections to copy; an empty one by default.
        """
        await self._execute(
            f"CREATE DATABASE {_quoted(name)} OWNER {OWNER} TEMPLATE {_quoted(template or 'template1')}",
            f"REVOKE ALL ON DATABASE {_quoted(name)} FROM PUBLIC",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {_quoted(name)} TO {APP}",
        )

    async def drop_database(self, name: str) -> None:
        """Drop database ``name`` if it exists, and end the connections to it."""
        await self._execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    async def release(self) -> None:
        """Leave the server; the last one to leave stops it."""
        await self._leave(stop=False)

    async def stop(self) -> None:
        """Stop the server now, whoever else uses it."""
        await self._leave(stop=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.release()

    async def _look_after(self) -> None:
        """Start the server again when it dies, as the kernel's OOM killer makes it; its users look in turns."""
        cluster = self._cluster
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if cluster.is_running():
                continue
            try:
                await _exclusively(cluster)
                try:
                    if not cluster.is_running():
                        if not cluster.is_in_place():
                            return
                        log.warning(
                            "embedded_server_died", advice="It is started again; nothing committed is lost."
                        )
                        await _in_thread(cluster.revive, _READY_SECONDS)
                        log.info("embedded_server_started_again")
                finally:
                    cluster.changes.release()
            except (EmbeddedServerError, OSError) as error:
                log.error("embedded_server_stays_down", error=str(error))  # noqa: TRY400 - the sentence says all
                await asyncio.sleep(_REVIVAL_SECONDS)

    async def _leave(self, *, stop: bool) -> None:
        if not self._left:
            self._left = True
            await _to_the_end(self._end(stop=stop))

    async def _end(self, *, stop: bool) -> None:
        cluster = self._cluster
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        try:
            await _exclusively(cluster)
            await asyncio.to_thread(cluster.stop if stop else cluster.leave)
        finally:
            cluster.close()

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url("superuser", "postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def unused(data_dir: Path) -> AsyncIterator[bool]:
    """Inside the block the server in ``data_dir`` is stopped, and nobody starts it; gives whether it ran.

    Raises:
        EmbeddedServerError: somebody uses it, and who.
    """
    cluster = Cluster(data_dir)
    try:
        await _exclusively(cluster)
        if not cluster.users.acquire():
            users = ", ".join(f"{process_title(pid)} (process {pid})" for pid in cluster.users.holders())
            raise EmbeddedServerError(
                f"The database in {cluster.directory} is in use{f' by {users}' if users else ''}. "
                "End that first: Ctrl-C in its terminal, or kill and its number."
            )
        ran = cluster.is_running()
        await _in_thread(cluster.stop)
        yield ran
    finally:
        cluster.close()


async def _exclusively(cluster: Cluster) -> None:
    """Wait until no other process starts or stops the server; closing the cluster ends the exclusion."""
    deadline = time.monotonic() + _READY_SECONDS
    while not cluster.changes.acquire():
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"Another process has been starting or stopping the server in {cluster.directory} for "
                f"{_READY_SECONDS:.0f} s. End that process and start again."
            )
        await asyncio.sleep(_POLL_SECONDS)


async def _in_thread(function: Callable[..., None], *args: float) -> None:
    """Run ``function`` in a thread, to its end."""
    await _to_the_end(asyncio.to_thread(function, *args))


async def _to_the_end(work: Coroutine[object, object, None]) -> None:
    """Do ``work`` and, when cancelled, wait for its end, so that its locks outlive it."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
