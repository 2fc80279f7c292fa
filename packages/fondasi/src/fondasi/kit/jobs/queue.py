"""Queries that write the queue inside a caller's transaction: enqueue, cancel, begin and finish a try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from uuid import UUID  # noqa: TC003 - part of a tuple

from fondasi.kit import tracing
from fondasi.kit.db import Write, driver_connection, put_off
from fondasi.kit.ids import new_id
from fondasi.kit.jobs.errors import TooManyJobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    import asyncpg

    from fondasi.kit.db import Session

CHANNEL = "fondasi_job"
NOTIFIED = f"pg_notify('{CHANNEL}', '')::text"
ENQUEUE_TRIES = 5
MOST_MILLISECONDS = 2**31 - 1

# The notification is sent when the transaction commits, and not at all when it rolls back. `job_unfinished` counts what
# its caller has not finished when it is the caller's turn, which ends with the transaction: however many requests come
# at the same time, they do not pass the cap.
ADD = """
caller AS MATERIALIZED (
    SELECT CASE WHEN $6::uuid IS NULL THEN 0 WHEN $9::int IS NOT NULL THEN job_unfinished($6)
        ELSE (SELECT count(*) FROM job WHERE enqueued_by = $6 AND status IN ('queued', 'running')) END AS unfinished
), added AS (
    INSERT INTO job (id, name, arguments, status, priority, attempt, max_attempts, abandoned,
                     enqueued_by, dedupe_key, scheduled_for, turn, traceparent)
    SELECT $1::uuid, $2::text, $3::text::jsonb, 'queued', $4::int, 0, $5::int, 0, $6::uuid, $7::text,
        now() + coalesce($8::interval, '0'),
        now() + coalesce($8::interval, '0') + unfinished * interval '1 minute', $10::text
    FROM caller WHERE unfinished < $9::int OR $9 IS NULL
    ON CONFLICT (name, dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('queued', 'running') DO NOTHING
    RETURNING id
)
"""
ENQUEUE = f"WITH {ADD} SELECT id, pg_notify('{CHANNEL}', '') FROM added"  # noqa: S608 - constants only
ACTIVE_DUPLICATE = (
    "SELECT id FROM job WHERE name = $1 AND dedupe_key = $2 AND status IN ('queued', 'running')"
)

# A queued job is over at once; a running one is told, and its worker ends it.
CANCEL = f"""
WITH wanted AS (
    UPDATE job SET cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now(),
        status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
        finished_at = CASE status WHEN 'queued' THEN now() END
    WHERE id = $1 AND status IN ('queued', 'running')
    RETURNING id
)
SELECT id, pg_notify('{CHANNEL}', id::text) FROM wanted
"""  # noqa: S608 - a constant only

# A finished job that did not succeed begins anew, with all its tries.
RETRY = f"""
WITH wanted AS (
    UPDATE job SET status = 'queued', attempt = 0, abandoned = 0, cancel_requested_at = NULL, started_at = NULL,
        finished_at = NULL, scheduled_for = now(), turn = now(), updated_at = now(),
        progress_done = NULL, progress_total = NULL, progress_message = NULL
    WHERE id = $1 AND status IN ('failed', 'cancelled')
    RETURNING id
)
SELECT id, pg_notify('{CHANNEL}', '') FROM wanted
"""  # noqa: S608 - a constant only

# The lock is held until the transaction ends, so nobody takes the job over while its first worker still works on it. Of
# a worker that stands still the transaction never ends by itself: the server ends it. Jobs wait longer for locks than
# requests.
BEGIN = """
SELECT pg_try_advisory_xact_lock(hashtextextended($1::uuid::text, 0)) AND EXISTS (
    SELECT FROM job WHERE id = $1 AND claim_id = $2 AND status = 'running' AND cancel_requested_at IS NULL
), set_config('idle_in_transaction_session_timeout', $3, true), set_config('lock_timeout', '0', true)
"""
SUCCEED = """
UPDATE job SET status = 'succeeded', result = done.result::jsonb, error = NULL, finished_at = clock_timestamp(),
    updated_at = clock_timestamp(), progress_done = coalesce(done.progress_done, job.progress_done),
    progress_total = coalesce(done.progress_total, job.progress_total),
    progress_message = coalesce(done.progress_message, job.progress_message)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
    AS done (id, claim_id, result, progress_done, progress_total, progress_message)
WHERE job.id = done.id AND job.claim_id = done.claim_id AND status = 'running' AND cancel_requested_at IS NULL
RETURNING job.claim_id
"""


class Ending(NamedTuple):
    """The success of a try. `result` is JSON."""

    id: UUID
    claim_id: UUID
    result: str | None
    progress_done: int | None
    progress_total: int | None
    progress_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be enqueued.

    Attributes:
        arguments: as JSON.
        most_per_caller: unfinished jobs that `enqueued_by` may have with this one; None: any number.
    """

    name: str
    arguments: str
    max_attempts: int
    delay: timedelta | None = None
    dedupe_key: str | None = None
    priority: int = 0
    enqueued_by: UUID | None = None
    most_per_caller: int | None = None

    def parameters(self) -> tuple[Any, ...]:
        """The parameters of `ENQUEUE`, with a new id, and the present span as the one that its run goes on from."""
        return (
            new_id(),
            self.name,
            self.arguments,
            self.priority,
            self.max_attempts,
            self.enqueued_by,
            self.dedupe_key,
            self.delay,
            self.most_per_caller,
            tracing.traceparent(),
        )

    def refuse(self) -> NoReturn:
        """Say that its caller has too many."""
        raise TooManyJobs(self.most_per_caller or 0)


async def enqueue(session: Session, new: NewJob) -> UUID:
    """Add a job within the session's transaction; the id of its duplicate when there is one already.

    Where nothing else was done in the transaction yet, the job is added with the next statement, or with the commit.

    Raises:
        TooManyJobs: its caller has as many unfinished jobs as one may have; then, if it is added then.
    """
    parameters = new.parameters()
    if new.dedupe_key is None and put_off(session, Write("added", ADD, NOTIFIED, parameters, new.refuse)):
        job_id: UUID = parameters[0]
        return job_id
    connection = await driver_connection(session)
    for _ in range(ENQUEUE_TRIES):
        added: UUID | None = await connection.fetchval(ENQUEUE, *parameters)
        if added is not None:
            return added
        if new.dedupe_key is None:
            new.refuse()
        # The duplicate may end between the two statements; then there is room for ours.
        duplicate: UUID | None = await connection.fetchval(ACTIVE_DUPLICATE, new.name, new.dedupe_key)
        if duplicate is not None:
            return duplicate
    if new.most_per_caller is not None:
        raise TooManyJobs(new.most_per_caller)
    raise RuntimeError(
        f"Job {new.name} could not be enqueued: jobs with its dedupe key come and go too fast."
    )


async def cancel(session: Session, job_id: UUID) -> bool:
    """Cancel a job within the session's transaction.

    Returns:
        False when the job is finished or does not exist.
    """
    connection = await session.connection()
    return (await connection.exec_driver_sql(CANCEL, (job_id,))).scalar() is not None


async def retry(session: Session, job_id: UUID) -> bool:
    """Queue a job again that failed or was cancelled, within the session's transaction.

    Returns:
        False when it is not finished, has succeeded or does not exist.

    Raises:
        IntegrityError: another one with its dedupe key is queued or running.
    """
    connection = await session.connection()
    return (await connection.exec_driver_sql(RETRY, (job_id,))).scalar() is not None


async def begin(connection: asyncpg.Connection, job_id: UUID, claim_id: UUID, idle_limit: float) -> bool:
    """Begin the transaction of a try; False when the job is not ours to run (any more).

    Args:
        connection: under its unit of work.
        job_id: the job.
        claim_id: the claim.
        idle_limit: seconds without a statement after which the server ends the transaction.
    """
    milliseconds = str(min(int(idle_limit * 1000), MOST_MILLISECONDS))
    return bool(await connection.fetchval(BEGIN, job_id, claim_id, milliseconds))


async def succeed(connection: asyncpg.Connection, endings: Sequence[Ending]) -> set[UUID]:
    """Write that tries succeeded; the claims of those that had not lost theirs meanwhile."""
    rows = await connection.fetch(SUCCEED, *zip(*endings, strict=True))
    return {row["claim_id"] for row in rows}
