"""Background jobs: what it costs to enqueue one, and how many a worker runs in a second.

python -m benchmarks.jobs [JOBS]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

import structlog
from sqlalchemy import event, text

from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import migrate
from fondasi.kit.jobs import JobContext, JobRegistry, Worker, job
from fondasi.settings import DatabaseSettings, JobSettings

DEFAULT_JOBS = 3000
GONE = 50_000  # jobs that wait for a module that is gone
BACKLOG = 1000  # jobs of one person in front of another's
STATUS = "SELECT status FROM job WHERE id = $1"
LEFT = "SELECT count(*) FROM job WHERE name = 'benchmark.nothing' AND status <> 'succeeded'"
WAIT_FOR_NOBODY = """
INSERT INTO job (id, name, arguments, status, priority, attempt, max_attempts, abandoned, scheduled_for)
SELECT gen_random_uuid(), 'gone.job', '{}', 'queued', 0, 0, 1, 0, now() FROM generate_series(1, $1::int)
"""


@job(name="benchmark.nothing")
async def nothing(context: JobContext, number: int) -> None:
    """Does nothing."""


async def enqueue_all(database: Database, count: int) -> dict[str, float]:
    """Enqueue in one transaction."""
    statements = 0

    def count_statement(*_: object) -> None:
        nonlocal statements
        statements += 1

    async with database.unit_of_work() as session:
        connection = await session.connection()
        await connection.execute(text("SELECT 1"))
        event.listen(connection.sync_engine, "before_cursor_execute", count_statement)
        wall, cpu = perf_counter(), process_time()
        for number in range(count):
            await nothing.enqueue(session, number=number)
        wall, cpu = perf_counter() - wall, process_time() - cpu
        event.remove(connection.sync_engine, "before_cursor_execute", count_statement)
    return {
        "enqueue_cpu_us": cpu / count * 1e6,
        "enqueue_wall_us": wall / count * 1e6,
        "enqueue_statements": statements / count,
    }


async def run_all(database: Database, count: int) -> dict[str, float]:
    """Run them with one worker."""
    worker = Worker(None, database, JobRegistry([nothing]), JobSettings())
    wall, cpu = perf_counter(), process_time()
    async with worker.running(), database.connection() as connection:
        while await connection.fetchval(LEFT):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        wall, cpu = perf_counter() - wall, process_time() - cpu
    return {"jobs_per_second": count / wall, "job_cpu_us": cpu / count * 1e6}


async def latency(database: Database, rounds: int = 50) -> dict[str, float]:
    """From the commit to the end of a job that an idle worker was notified of."""
    worker = Worker(None, database, JobRegistry([nothing]), JobSettings())
    seconds = []
    async with worker.running(), database.connection() as connection:
        await asyncio.sleep(0.3)
        for number in range(rounds):
            async with database.unit_of_work() as session:
                job_id = await nothing.enqueue(session, number=number)
            started = perf_counter()
            while await connection.fetchval(STATUS, job_id) != "succeeded":  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            seconds.append(perf_counter() - started)
    return {"latency_p50_ms": sorted(seconds)[rounds // 2] * 1000}


async def beside_gone(database: Database, count: int) -> dict[str, float]:
    """The same with jobs in front that no worker knows."""
    async with database.connection() as connection:
        await connection.execute(WAIT_FOR_NOBODY, GONE)
    await enqueue_all(database, count)
    figures = await run_all(database, count)
    async with database.connection() as connection:
        await connection.execute("DELETE FROM job WHERE name = 'gone.job'")
    return {"beside_gone_per_s": figures["jobs_per_second"]}


async def behind_another(database: Database) -> dict[str, float]:
    """From the start of a worker to the end of one person's job, behind many of another's."""
    many, one = uuid4(), uuid4()
    async with database.unit_of_work() as session:
        for number in range(BACKLOG):
            await nothing.enqueue(session, number=number, enqueued_by=many)
        job_id = await nothing.enqueue(session, number=0, enqueued_by=one)
    worker = Worker(None, database, JobRegistry([nothing]), JobSettings())
    started = perf_counter()
    async with worker.running(), database.connection() as connection:
        while await connection.fetchval(STATUS, job_id) != "succeeded":  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        seconds = perf_counter() - started
        while await connection.fetchval(LEFT):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        all_seconds = perf_counter() - started
    return {"other_person_ms": seconds * 1000, "backlog_ms": all_seconds * 1000}


async def main(count: int) -> None:
    """Measure on a server of its own, and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedServer.start(Path(folder)) as server:
            await migrate(server.url("owner"), app_role="fondasi_app")
            database = Database(server.url("app"), DatabaseSettings())
            figures = await enqueue_all(database, count)
            figures |= await run_all(database, count)
            figures |= await latency(database)
            figures |= await behind_another(database)
            figures |= await beside_gone(database, count)
            await database.close()
    for name, value in figures.items():
        print(f"{name:20} {value:10.1f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_JOBS))
