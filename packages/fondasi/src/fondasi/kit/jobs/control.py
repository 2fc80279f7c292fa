"""The worker's own connection: it listens, claims jobs, sends heartbeats and settles what did not succeed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - part of a dataclass

import asyncpg
from sqlalchemy.engine import make_url

from fondasi.kit.db.engine import KEEPALIVES
from fondasi.kit.db.spans import connection_class
from fondasi.kit.ids import new_id
from fondasi.kit.jobs.models import JobStatus
from fondasi.kit.jobs.queue import CHANNEL, Ending, succeed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

    from fondasi.kit.jobs.context import Progress

TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
MAX_ABANDONED = 10
# A job that was there at so many deaths runs with no other such job beside it, so that the next one tells who it was.
SUSPECT = 2
CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 15.0
# More are looked at than taken, for other workers may be taking the first ones.
LOOKED_AT = 4
# The queue is walked through its indexes in their order, however few rows the statistics of a moment ago saw in it.
PLANS = {
    "jit": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "plan_cache_mode": "force_generic_plan",
}

# By name, so that what waits for modules that are gone is not walked through. Of callers $4 and, unless $5, of suspects
# none is taken; of each other caller $6 at most, and one suspect. `|| ''` and arrays leave a planner that takes the
# queue for empty no way but the key, where it would walk through all of it.
CLAIM = f"""
WITH head AS MATERIALIZED (
    SELECT head.* FROM unnest($1::text[]) AS known (job_name), LATERAL (
        SELECT id, priority, turn, enqueued_by, abandoned >= {SUSPECT} AS suspect FROM job
        WHERE status = 'queued' AND name = job_name AND scheduled_for <= now()
          AND (enqueued_by IS NULL OR enqueued_by <> ALL ($4::uuid[])) AND (abandoned < {SUSPECT} OR $5)
        ORDER BY priority DESC, turn, id LIMIT $2 * {LOOKED_AT}
    ) AS head
), fair AS (
    SELECT *, row_number() OVER (PARTITION BY enqueued_by ORDER BY priority DESC, turn, id) AS of_caller,
        row_number() OVER (PARTITION BY suspect ORDER BY priority DESC, turn, id) AS of_suspects
    FROM head
), due AS MATERIALIZED (
    SELECT id FROM job WHERE status || '' = 'queued' AND id = ANY (ARRAY(
        SELECT id FROM fair WHERE (enqueued_by IS NULL OR of_caller <= $6) AND (NOT suspect OR of_suspects = 1)
    ))
    ORDER BY priority DESC, turn, id LIMIT $2 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE job SET status = 'running', attempt = attempt + 1, worker_id = $3, claim_id = gen_random_uuid(),
        heartbeat_at = now(), started_at = now(), updated_at = now(),
        progress_done = NULL, progress_total = NULL, progress_message = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM due))
    RETURNING id, claim_id, name, arguments::text, attempt, max_attempts, enqueued_by, abandoned, traceparent
)
SELECT now() AS moment, (SELECT count(*) FROM head) AS seen, claimed.*
FROM (SELECT) AS always LEFT JOIN claimed ON true
"""  # noqa: S608 - constants only
NEXT_DUE = """
SELECT extract(epoch FROM min(scheduled_for) - clock_timestamp())::float8
FROM unnest($1::text[]) AS known (job_name), LATERAL (
    SELECT scheduled_for FROM job WHERE status = 'queued' AND name = job_name AND scheduled_for > $2
    ORDER BY scheduled_for LIMIT 1
) AS next
"""
UNKNOWN = "SELECT DISTINCT name FROM job WHERE status = 'queued' AND name <> ALL ($1) LIMIT 100"
# The clock was ahead and came back: what was enqueued meanwhile counts from now on, not from a time that lies ahead.
COME_BACK = f"""
WITH ahead AS (
    UPDATE job SET scheduled_for = scheduled_for - (updated_at - now()), turn = turn - (updated_at - now()),
        updated_at = now()
    WHERE status = 'queued' AND scheduled_for > now() AND updated_at > now() + interval '1 second'
    RETURNING id
)
SELECT id, pg_notify('{CHANNEL}', '') FROM ahead
"""  # noqa: S608 - a constant only
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
    scheduled_for = CASE WHEN $3 = 'queued' THEN now() + $6::interval ELSE scheduled_for END,
    turn = CASE WHEN $3 = 'queued' THEN now() + $6::interval ELSE turn END
WHERE id = $1 AND claim_id = $2 AND status = 'running'
RETURNING status
"""
# A job that again and again takes its worker down with it (out of memory, say) must end some time, and those that run
# beside it must not: while a suspect runs, it alone is blamed. Its tries get rarer, so that others get through.
_ABANDON = f"""
UPDATE job SET worker_id = NULL, claim_id = NULL, heartbeat_at = NULL, updated_at = now(),
    attempt = attempt - 1, abandoned = abandoned + {{blame}}, scheduled_for = now() + {{wait}}, turn = now() + {{wait}},
    status = CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
        WHEN abandoned + 1 >= {MAX_ABANDONED} THEN 'failed' ELSE 'queued' END,
    finished_at = CASE WHEN cancel_requested_at IS NOT NULL OR abandoned + 1 >= {MAX_ABANDONED}
        THEN now() END,
    error = CASE WHEN abandoned + 1 >= {MAX_ABANDONED}
        THEN 'its worker or the database connection died {MAX_ABANDONED} times' ELSE error END
WHERE status = 'running'
"""  # noqa: S608 - constants only
_WAIT = f"""CASE WHEN abandoned < {SUSPECT - 1} THEN interval '0'
    ELSE least(2 ^ (abandoned + 1 - {SUSPECT}), 60) * (0.5 + random() / 2) * interval '1 second' END"""
_BLAME = f"""CASE WHEN abandoned < {SUSPECT} AND EXISTS (
        SELECT FROM job AS beside WHERE beside.status = 'running' AND beside.worker_id = job.worker_id
          AND beside.abandoned >= {SUSPECT}
    ) THEN 0 ELSE 1 END"""
ABANDON = _ABANDON.format(blame="$3::int", wait=_WAIT) + "AND id = $1 AND claim_id = $2"
_ABANDON_ALL = _ABANDON.format(blame=_BLAME, wait=_WAIT)
RELEASE_ORPHANS = (
    f"{_ABANDON_ALL} AND worker_id = $1 AND NOT claim_id = ANY($2) RETURNING pg_notify('{CHANNEL}', '')"
)
# Held as long as the worker is connected. Shared, for one that reconnects may find its lost connection still there.
HOLD = "SELECT pg_advisory_lock_shared(hashtextextended($1::uuid::text, 2))"
# All jobs of a worker at once, for that tells which of them is to blame; a heartbeat that lies ahead is none. The locks
# are free once the worker's connection and the job's transaction are gone: a worker that is only slow keeps its job.
# One that stands still keeps its connection, so it loses its job ($2: by name, else $4) after a time.
TAKE_OVER = f"""
WITH dead AS MATERIALIZED (
    SELECT worker_id FROM job WHERE status = 'running' GROUP BY worker_id
    HAVING NOT max(heartbeat_at) BETWEEN now() - $1::interval AND now() + $1::interval
), gone AS MATERIALIZED (
    SELECT worker_id FROM dead WHERE pg_try_advisory_xact_lock(hashtextextended(worker_id::text, 2))
), stale AS MATERIALIZED (
    SELECT id, worker_id, heartbeat_at, coalesce(patience, $4) AS patience
    FROM job LEFT JOIN unnest($2::text[], $3::interval[]) AS known (job_name, patience) ON job_name = name
    WHERE status = 'running' AND worker_id IN (SELECT worker_id FROM dead) FOR UPDATE OF job SKIP LOCKED
), freed AS MATERIALIZED (
    SELECT id FROM stale
    WHERE (worker_id IN (SELECT worker_id FROM gone) OR NOT heartbeat_at BETWEEN now() - patience AND now() + patience)
      AND pg_try_advisory_xact_lock(hashtextextended(id::text, 0))
)
{_ABANDON_ALL} AND id IN (SELECT id FROM freed) RETURNING id, pg_notify('{CHANNEL}', '')
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
    enqueued_by: UUID | None
    abandoned: int
    traceparent: str | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether it was there when workers died, so that it may have been the cause."""
        return self.abandoned >= SUSPECT


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the queue found.

    Attributes:
        claimed: jobs that this worker has now.
        left: jobs that it could take besides, though another worker may be taking them.
        moment: when, by the clock of the database.
    """

    claimed: int
    left: int
    moment: datetime


class Control:
    """One worker's side of the queue.

    Args:
        url: address of the database.
        stale_after: seconds without a heartbeat after which the jobs of a worker that is gone are taken over.
        notified: called with the payload of each notification.
        patience: of a worker that stands still: seconds without a heartbeat after which a job is taken over, by name.
        frozen_after: the same for those that have no name there.
    """

    def __init__(
        self,
        url: str,
        stale_after: float,
        notified: Callable[[str], None],
        *,
        patience: Mapping[str, float],
        frozen_after: float,
    ) -> None:
        self.worker_id = new_id()
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._stale_after = timedelta(seconds=stale_after)
        self._patience = (
            list(patience),
            [timedelta(seconds=seconds) for seconds in patience.values()],
            timedelta(seconds=frozen_after),
        )
        self._notified = notified
        self._endings: list[tuple[Ending, asyncio.Future[bool]]] = []
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Connect and listen inside the block."""
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            connection_class=connection_class(),
            server_settings={"application_name": "fondasi worker", **KEEPALIVES, **PLANS},
        )
        try:
            connection.add_termination_listener(lambda _: self._notified(""))
            await connection.execute(HOLD, self.worker_id)
            await connection.add_listener(CHANNEL, lambda *message: self._notified(str(message[3])))
            self._connection = connection
            yield
            self._connection = None
            await connection.close(timeout=CONNECT_TIMEOUT)
        finally:
            self._connection = None
            connection.terminate()

    async def claim(
        self,
        names: Sequence[str],
        count: int,
        take: Callable[[Claim], None],
        *,
        except_of: Collection[UUID],
        of_each: int,
        suspects: bool,
    ) -> Look:
        """Claim due jobs and hand each to `take`.

        Args:
            names: of which jobs.
            count: how many at most.
            take: starts a job.
            except_of: callers whose jobs are left alone.
            of_each: how many may be of any other one.
            suspects: whether one may be a job that was there when workers died.
        """
        async with self._lock:
            parameters = (list(names), count, self.worker_id, list(except_of), suspects, of_each)
            rows = await self._open().fetch(CLAIM, *parameters)
            moment, seen, *_ = rows[0].values()
            # Taken before the next heartbeat may look for claims that nobody works on.
            claims = [Claim(*values) for _, _, *values in (row.values() for row in rows) if values[0]]
            for claim in claims:
                take(claim)
        return Look(len(claims), seen - len(claims), moment)

    async def seconds_to_next(self, names: Sequence[str], after: datetime) -> float | None:
        """Seconds until the first job that is due after a moment; None when there is none."""
        seconds: float | None = await self.fetchval(NEXT_DUE, list(names), after)
        return seconds

    async def unknown_names(self, names: Sequence[str]) -> list[str]:
        """Names of waiting jobs that are none of these."""
        return [row["name"] for row in await self.fetch(UNKNOWN, list(names))]

    async def forget_the_future(self) -> int:
        """Let jobs that were enqueued while the clock was ahead count from now on; how many there were."""
        return len(await self.fetch(COME_BACK))

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
            return len(await self._open().fetch(TAKE_OVER, self._stale_after, *self._patience))

    async def succeed(self, ending: Ending) -> bool:
        """Write the success of a try that has written nothing else; False when it had lost its claim.

        What ends at about the same time is one statement.
        """
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if not self._endings:
            self._writing = asyncio.create_task(self._write_endings(), name="job endings")
        self._endings.append((ending, written))
        return await written

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

    async def abandon(self, claim: Claim, *, blame: bool) -> None:
        """Put back a job whose try broke without an error of its own; `blame`: it may have been the cause."""
        await self.fetchval(ABANDON, claim.id, claim.claim_id, int(blame))

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

    async def _write_endings(self) -> None:
        async with self._lock:
            endings, self._endings = self._endings, []
            try:
                succeeded = await succeed(self._open(), [ending for ending, _ in endings])
            except Exception as error:  # noqa: BLE001 - each raises it
                for _, written in endings:
                    if not written.done():
                        written.set_exception(error)
            else:
                for ending, written in endings:
                    if not written.done():
                        written.set_result(ending.claim_id in succeeded)

    def _open(self) -> asyncpg.Connection:
        if self._connection is None:
            raise ConnectionError("The worker is not connected to the database.")
        return self._connection
