import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from fondasi.kit.db import Database
from fondasi.kit.jobs import Job, JobRecord, JobRegistry, Worker
from fondasi.kit.telemetry import configure_logging
from fondasi.runtime import Addresses
from fondasi.settings import JobSettings, Settings


@pytest.fixture(scope="session", autouse=True)
def _logging() -> None:
    configure_logging(Settings(_env_file=None))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _effect_table(database_urls: Addresses) -> None:
    owner = await asyncpg.connect(database_urls.owner)
    await owner.execute("CREATE TABLE effect (job_id uuid, number int); GRANT ALL ON effect TO fondasi_app")
    await owner.close()


@pytest.fixture(autouse=True)
def _empty_queue(_effect_table: None, clean_database: Database) -> None:
    """Every test starts with no jobs and no effects."""


@pytest.fixture
def job_settings() -> JobSettings:
    return JobSettings(concurrency=4, stale_after=1, grace=2)


Working = Callable[..., AbstractAsyncContextManager[Worker]]


@pytest.fixture
def working(database: Database, job_settings: JobSettings) -> Working:
    """`async with working(job, ...)`: a worker that knows these jobs runs inside the block."""

    @asynccontextmanager
    async def start(*jobs: Job, **changes: Any) -> AsyncIterator[Worker]:
        settings = job_settings.model_copy(update=changes)
        platform = SimpleNamespace(database=database, settings=SimpleNamespace(job=settings))
        worker = Worker(platform, database, JobRegistry(jobs), settings)
        async with worker.running():
            yield worker

    return start


@pytest.fixture
def holding(database: Database) -> Callable[[], AbstractAsyncContextManager[None]]:
    """`async with holding()`: jobs that wait until `released` (see `worker_process.py`) wait at least that long."""

    @asynccontextmanager
    async def hold() -> AsyncIterator[None]:
        async with database.connection() as connection:
            await connection.execute("SELECT pg_advisory_lock(1)")
            try:
                yield
            finally:
                await connection.execute("SELECT pg_advisory_unlock(1)")

    return hold


@pytest.fixture
def record(database: Database) -> Callable[[UUID], Any]:
    async def read(job_id: UUID) -> JobRecord | None:
        async with database.read_session() as session:
            return await session.get(JobRecord, job_id)

    return read


@pytest.fixture
def becomes(record: Callable[[UUID], Any]) -> Callable[..., Any]:
    """Wait until a job has a status, and give its record."""

    async def wait(job_id: UUID, status: str, seconds: float = 60) -> JobRecord:
        found = None
        try:
            async with asyncio.timeout(seconds):
                while (found := await record(job_id)) is None or found.status != status:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            seen = found and (found.status, found.error, found.attempt)
            raise AssertionError(f"the job did not become {status}: {seen}") from None
        return found

    return wait
