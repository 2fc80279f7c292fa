"""The worker's own connection: it listens, claims jobs, sends heartbeats and settles what did not succeed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - part of a dataclass

import asyncpg
from sqlalchemy.engine import make_url

from fondasi.kit.ids import new_id
from fondasi.kit.jobs.models import JobStatus
from fondasi.kit.jobs.queue import CHANNEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence

    from fondasi.kit.jobs.context import Progress

TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
MAX_ABANDONED = 10
CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 30.0

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM job WHERE status = 'queued' AND scheduled_for <= now() AND name = ANY($1)
    ORDER BY priority DESC, scheduled_for, id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE job SET status = 'running', attempt = attempt + 1, worker_id = $3, claim_id = gen_random_uuid(),
    heartbeat_at = now(), started_at = now(), updated_at = now(),
    progress_done = NULL, progress_total = NULL, progress_message = NULL
FROM due WHERE job.id = due.id
RETURNING job.id, claim_id, name, arguments::text, attempt, max_attempts
"""
NEXT_DUE = """
SELECT extract(epoch FROM min(scheduled_for) - clock_timestamp())::float8
FROM job WHERE status = 'queued' AND name = ANY($1)
"""
PROGRESS = """
UPDATE job SET progress_done = $3, progress_total = $4, progress_message = $5, updated_at = now()
WHERE id = $1 AND claim_id = $2 AND status = 'running'
"""
BEAT = """
UPDATE job SET heartbeat_at = now() WHERE status = 'running' AND worker_id = $1 AND claim_id = ANY($2)
RETURNING claim_id, cancel_requested_at IS NOT NULL AS cancelled
"""
SETTLE = """
UPDATE job SET worker_id = NULL, claim_id = NULL, heartbeat_at = NULL, updated_at = now(),
    status = CASE WHEN cancel_requested_at IS NULL THEN $3 ELSE 'cancelled' END,
    finished_at = CASE WHEN $3 = 'queued' AND cancel_requested_at IS NULL THEN NULL ELSE now() END,
    error = coalesce($4, error), attempt = attempt - $5::int,
    scheduled_for = CASE WHEN $3 = 'queued' THEN now() + $6::interval ELSE scheduled_for END
WHERE id = $1 AND claim_id = $2 AND status = 'running'
RETURNING status
"""
# A job that again and again takes its worker down with it (out of memory, say) must end some time.
_ABANDON = f"""
UPDATE job SET worker_id = NULL, claim_id = NULL, heartbeat_at = NULL, updated_at = now(),
    attempt = attempt - 1, abandoned = abandoned + 1, scheduled_for = now(),
    status = CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
        WHEN abandoned + 1 >= {MAX_ABANDONED} THEN 'failed' ELSE 'queued' END,
    finished_at = CASE WHEN cancel_requested_at IS NOT NULL OR abandoned + 1 >= {MAX_ABANDONED}
        THEN now() END,
    error = CASE WHEN abandoned + 1 >= {MAX_ABANDONED}
        THEN 'its worker or the database connection died {MAX_ABANDONED} times' ELSE error END
WHERE status = 'running'
"""  # noqa: S608 - constants only
ABANDON = _ABANDON + "AND id = $1 AND claim_id = $2"
RELEASE_ORPHANS = (
    f"{_ABANDON} AND worker_id = $1 AND NOT claim_id = ANY($2) RETURNING pg_notify('{CHANNEL}', '')"
)
# The lock is free once the first worker's transaction is gone: a worker that is only slow keeps its job.
TAKE_OVER = f"""
WITH stale AS MATERIALIZED (
    SELECT id FROM job WHERE status = 'running' AND heartbeat_at < now() - $1::interval FOR UPDATE SKIP LOCKED
), freed AS MATERIALIZED (
    SELECT id FROM stale WHERE pg_try_advisory_xact_lock(hashtextextended(id::text, 0))
)
{_ABANDON} AND id IN (SELECT id FROM freed) RETURNING id, pg_notify('{CHANNEL}', '')
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker may run now."""

    id: UUID
    claim_id: UUID
    name: str
    arguments: str
    attempt: int
    max_attempts: int


class Control:
    """One worker's side of the queue.

    Args:
        url: address of the database.
        names: jobs that this worker knows.
        stale_after: seconds without a heartbeat after which a job is taken over.
        notified: called with the payload of each notification.
    """

    def __init__(
        self, url: str, names: Sequence[str], stale_after: float, notified: Callable[[str], None]
    ) -> None:
        self.worker_id = new_id()
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._names = list(names)
        self._stale_after = timedelta(seconds=stale_after)
        self._notified = notified
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Connect and listen inside the block."""
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings={"application_name": "fondasi worker", "jit": "off"},
        )
        try:
            connection.add_termination_listener(lambda _: self._notified(""))
            await connection.add_listener(CHANNEL, lambda *message: self._notified(str(message[3])))
            self._connection = connection
            yield
            self._connection = None
            await connection.close(timeout=CONNECT_TIMEOUT)
        finally:
            self._connection = None
            connection.terminate()

    async def claim(self, count: int, take: Callable[[Claim], None]) -> int:
        """Claim due jobs, at most `count`, and hand each to `take`; how many there were."""
        async with self._lock:
            rows = await self._open().fetch(CLAIM, self._names, count, self.worker_id)
            # Taken before the next heartbeat may look for claims that nobody works on.
            for row in rows:
                take(Claim(*row.values()))
        return len(rows)

    async def seconds_to_next(self) -> float | None:
        """Seconds until a job is due; None when nothing waits."""
        seconds: float | None = await self.fetchval(NEXT_DUE, self._names)
        return seconds

    async def progress(self, claim: Claim, progress: Progress) -> None:
        """Write how far a job is."""
        await self.fetchval(
            PROGRESS, claim.id, claim.claim_id, progress.done, progress.total, progress.message
        )

    async def beat(self, claims: Callable[[], Collection[UUID]]) -> dict[UUID, bool]:
        """Say that the claims are alive; which of them still are ours, and whether they were cancelled.

        Claims of this worker that it does not know of (their end could not be written) go back to the queue.
        """
        async with self._lock:
            known = list(claims())
            await self._open().execute(RELEASE_ORPHANS, self.worker_id, known)
            rows = await self._open().fetch(BEAT, self.worker_id, known) if known else []
        return {row["claim_id"]: row["cancelled"] for row in rows}

    async def take_over(self) -> int:
        """Put jobs of dead workers back into the queue; how many."""
        async with self._lock:
            return len(await self._open().fetch(TAKE_OVER, self._stale_after))

    async def settle(
        self,
        claim: Claim,
        status: JobStatus,
        *,
        error: str | None = None,
        delay: float = 0,
        counts: bool = True,
    ) -> JobStatus | None:
        """Write the end of a try that did not succeed.

        Args:
            claim: the try.
            status: `queued` for another one. A job that somebody cancelled becomes `cancelled` instead.
            error: what went wrong.
            delay: seconds until the next try.
            counts: whether the try counts as one of the job's attempts.

        Returns:
            What the job became; None when the claim is not ours any more and nothing was written.
        """
        refund = 0 if counts else 1
        wait = timedelta(seconds=delay)
        written = await self.fetchval(SETTLE, claim.id, claim.claim_id, status.value, error, refund, wait)
        return JobStatus(written) if written else None

    async def abandon(self, claim: Claim) -> None:
        """Put back a job whose try broke without its fault."""
        await self.fetchval(ABANDON, claim.id, claim.claim_id)

    async def fetch(self, query: str, *parameters: Any) -> list[Any]:
        """The rows of a query."""
        async with self._lock:
            return await self._open().fetch(query, *parameters)

    async def fetchval(self, query: str, *parameters: Any) -> Any:
        """The first value of a query."""
        async with self._lock:
            return await self._open().fetchval(query, *parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction of the worker itself."""
        async with self._lock:
            connection = self._open()
            async with connection.transaction():
                yield connection

    def _open(self) -> asyncpg.Connection:
        if self._connection is None:
            raise ConnectionError("The worker is not connected to the database.")
        return self._connection
