"""Background jobs: what it costs to enqueue one, and how many a worker runs in a second, with its log lines.

python -m benchmarks.jobs [JOBS]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import redirect_stderr
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

import asyncpg
from sqlalchemy import text
from uvicorn.loops.auto import auto_loop_factory

from fondasi.kit.db import Database, driver_connection
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import migrate
from fondasi.kit.jobs import URGENT, Job, JobContext, JobRegistry, Worker, job
from fondasi.kit.telemetry import configure_logging
from fondasi.settings import DatabaseSettings, JobSettings, Settings

DEFAULT_JOBS = 3000
GONE = 50_000  # jobs that wait for a module that is gone
WIDE = 20  # jobs at the same time, in place of the usual few
BACKLOG = 1000  # jobs of one person in front of another's
STATUS = "SELECT status FROM job WHERE id = $1"
LEFT = "SELECT count(*) FROM job WHERE name ~ '^benchmark' AND status IN ('queued', 'running')"
WAIT_FOR_NOBODY = """
INSERT INTO job (id, name, arguments, status, priority, attempt, max_attempts, abandoned, scheduled_for)
SELECT gen_random_uuid(), 'gone.job', '{}', 'queued', 0, 0, 1, 0, now() FROM generate_series(1, $1::int)
"""


@job(name="benchmark.nothing")
async def nothing(context: JobContext, number: int) -> None:
    """Does nothing."""


@job(name="benchmark.writing")
async def writing(context: JobContext, number: int) -> None:
    """Writes a row in its unit of work."""
    connection = await driver_connection(context.session)
    await connection.execute("INSERT INTO written (number) VALUES ($1)", number)


@job(name="benchmark.urgent", priority=URGENT)
async def urgent(context: JobContext) -> None:
    """Has slots of its own, like the platform's mail."""


@job(name="benchmark.elsewhere", queue="elsewhere")
async def elsewhere(context: JobContext) -> None:
    """Has slots of its own, like the platform's webhooks."""


JOBS = JobRegistry([nothing, writing, urgent, elsewhere])


async def enqueue_all(database: Database, count: int) -> dict[str, float]:
    """Enqueue in one transaction."""
    async with database.unit_of_work() as session:
        connection = await driver_connection(session)
        await session.execute(text("SELECT 1"))
        statements: list[object] = []
        wall, cpu = perf_counter(), process_time()
        with connection.query_logger(statements.append):
            await nothing.enqueue(session, number=0)
        for number in range(1, count):
            await nothing.enqueue(session, number=number)
        wall, cpu = perf_counter() - wall, process_time() - cpu
    return {
        "enqueue_cpu_us": cpu / count * 1e6,
        "enqueue_wall_us": wall / count * 1e6,
        "enqueue_statements": len(statements),
    }


async def enqueue_each(database: Database, definition: Job, count: int) -> dict[str, float]:
    """Enqueue in a transaction for each, one after another."""
    wall, cpu = perf_counter(), process_time()
    for number in range(count):
        async with database.unit_of_work() as session:
            await definition.enqueue(session, number=number)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    return {"enqueued_per_second": count / wall, "one_enqueue_cpu_us": cpu / count * 1e6}


async def run_all(database: Database, count: int, **settings: int) -> dict[str, float]:
    """Run them with one worker."""
    worker = Worker(None, database, JOBS, JobSettings(**settings))
    async with database.connection() as connection:
        wall, cpu = perf_counter(), process_time()
        async with worker.running():
            while await connection.fetchval(LEFT):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            wall, cpu = perf_counter() - wall, process_time() - cpu
    return {"jobs_per_second": count / wall, "job_cpu_us": cpu / count * 1e6}


async def latency(database: Database, rounds: int = 50) -> dict[str, float]:
    """From the commit to the end of a job that an idle worker was notified of."""
    worker = Worker(None, database, JOBS, JobSettings())
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
    worker = Worker(None, database, JOBS, JobSettings())
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
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedServer.start(Path(folder)) as server:
            await migrate(server.url("owner"), app_role="fondasi_app")
            owner = await asyncpg.connect(server.url("owner"))
            await owner.execute("CREATE TABLE written (number int); GRANT ALL ON written TO fondasi_app")
            await owner.close()
            database = Database(server.url("app"), DatabaseSettings())
            figures |= await enqueue_all(database, count)
            figures |= await run_all(database, count)
            await enqueue_all(database, count)
            wide = await run_all(database, count, concurrency=WIDE)
            figures |= {f"{name}_of_{WIDE}": value for name, value in wide.items()}
            figures |= await enqueue_each(database, writing, count)
            figures |= {f"writing_{name}": value for name, value in (await run_all(database, count)).items()}
            figures |= await latency(database)
            figures |= await behind_another(database)
            figures |= await beside_gone(database, count)
            await database.close()
    for name, value in figures.items():
        print(f"{name:24} {value:10.1f}")


if __name__ == "__main__":
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        configure_logging(Settings(_env_file=None))
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # as `fondasi worker` does
            runner.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_JOBS))
