"""The checks behind the health routes."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import text

from fondasi import __version__
from fondasi.health.schemas import Check, DetailedHealth, Health, Readiness, SystemUse
from fondasi.kit import clock
from fondasi.kit.db.migrations import pending_revisions
from fondasi.kit.disk import NEARLY_FULL, free_bytes

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from fondasi.platform import Platform

STARTED = monotonic()
CHECK_TIMEOUT = 3
_LOOKER = ThreadPoolExecutor(1, "storage-check")
_looks: dict[Path, Future[str | None]] = {}


def health(platform: Platform) -> Health:
    """The process answers."""
    return Health(
        timestamp=clock.now(),
        version=__version__,
        environment=platform.settings.environment,
        uptime_seconds=int(monotonic() - STARTED),
    )


async def check_database(platform: Platform) -> Check:
    """The database answers a query."""
    started = perf_counter()
    try:
        # On the connections that check sessions: those of routes may all be waiting.
        async with asyncio.timeout(CHECK_TIMEOUT):
            await platform.database.fetch_row("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, the database does not answer; the reason stays inside
        return Check(status="unhealthy", detail="The database does not answer.")
    return Check(status="healthy", duration_ms=round((perf_counter() - started) * 1000, 2))


async def check_storage(platform: Platform) -> Check:
    """The data folder can be written and has room. Many who ask share a look: a disk may never answer."""
    started = perf_counter()
    folder = platform.settings.data_dir
    look = _looks.get(folder)
    if look is None or look.done():
        look = _looks[folder] = _LOOKER.submit(_storage_fault, folder)
    done, _ = await asyncio.wait({asyncio.wrap_future(look)}, timeout=CHECK_TIMEOUT)
    detail = look.result() if done else "The data folder does not answer."
    status = "unhealthy" if detail else "healthy"
    return Check(status=status, duration_ms=round((perf_counter() - started) * 1000, 2), detail=detail)


def system_use() -> SystemUse:
    """What this process uses now."""
    process = psutil.Process()
    times = process.cpu_times()
    return SystemUse(
        memory_bytes=process.memory_info().rss,
        cpu_seconds=round(times.user + times.system, 2),
        threads=process.num_threads(),
        cpu_count=os.cpu_count() or 1,
    )


async def readiness(platform: Platform) -> Readiness:
    """All that is needed to serve requests."""
    database, storage = await asyncio.gather(check_database(platform), check_storage(platform))
    if platform.database.lacks_replica and database.status == "healthy":
        database.detail = "The replica does not answer: reads go to the primary."
    checks = {"database": database, "storage": storage}
    healthy = all(check.status == "healthy" for check in checks.values())
    return Readiness(status="healthy" if healthy else "unhealthy", timestamp=clock.now(), checks=checks)


async def detailed(platform: Platform) -> DetailedHealth:
    """Everything, for administrators."""
    ready = await readiness(platform)
    version, pending = None, []
    if ready.checks["database"].status == "healthy":
        async with platform.database.read_session() as session:
            version = (await session.execute(text("SHOW server_version"))).scalar_one()
        packages = [module.migrations for module in platform.modules if module.migrations]
        pending = await pending_revisions(platform.database.direct_url, packages)
    return DetailedHealth(
        **health(platform).model_dump(exclude={"status"}),
        status=ready.status,
        checks=ready.checks,
        system=system_use(),
        modules=[module.name for module in platform.modules],
        database_version=version,
        pending_migrations=pending,
    )


def _storage_fault(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return "The data folder cannot be written."
        if free_bytes(folder) < NEARLY_FULL:
            return "The data folder is nearly full."
    except OSError:  # the reason names a path: it stays inside
        return "The data folder cannot be used."
    return None
