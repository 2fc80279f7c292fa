"""The audit trail: what an entry adds to a change, and what sealing costs when many write at once.

python -m benchmarks.activity [CHANGES]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import text

from fondasi.access import Principal
from fondasi.identity import create_user
from fondasi.kit.audit import record_mutation, set_source
from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import migrate
from fondasi.kit.http.origin import RequestSource
from fondasi.kit.ids import new_id
from fondasi.runtime import platform_modules
from fondasi.settings import DatabaseSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

DEFAULT_CHANGES = 2000
ROUNDS = 7
WRITERS = 16
CHANGE = text('UPDATE "user" SET name = :name WHERE username = :username')
SCOPE = {
    "method": "POST",
    "headers": [
        (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
    ],
    "client": ("203.0.113.7", 50000),
    "state": {
        "request_id": "019aa0b2-7c1e-7def-8abc-0123456789ab",
        "status_code": 201,
        "principal": Principal(new_id(), new_id(), "bench", is_superuser=False),
    },
}


async def change(database: Database, writer: int, *, audited: bool, at_insert: bool = False) -> None:
    """A unit of work that changes one row of its writer's own."""
    async with database.unit_of_work(audited=audited) as session:
        if at_insert:
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await session.execute(CHANGE, {"name": "Bench", "username": f"bench{writer}"})


async def added(database: Database, count: int) -> dict[str, float]:
    """What an entry adds to a change while many write, medians of interleaved rounds."""
    cpu: dict[bool, list[float]] = {False: [], True: []}
    wall: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for audited in (False, True):
            used = process_time()
            rate, _ = await concurrent(count // ROUNDS, partial(change, database, audited=audited))
            cpu[audited].append((process_time() - used) / (count // ROUNDS // WRITERS * WRITERS) * 1e6)
            wall[audited].append(1e6 / rate)
    return {
        "change_cpu_us": median(cpu[False]),
        "added_cpu_us": median(cpu[True]) - median(cpu[False]),
        "change_wall_us": median(wall[False]),
        "added_wall_us": median(wall[True]) - median(wall[False]),
    }


async def entry(database: Database, count: int) -> dict[str, float]:
    """What an entry alone costs the process: many in one transaction, which is not kept."""
    async with database.unit_of_work(audited=False) as session:
        rounds = []
        for _ in range(ROUNDS):
            used = process_time()
            for _ in range(count // ROUNDS):
                session.info.clear()
                await record_mutation(session)
            rounds.append((process_time() - used) / (count // ROUNDS) * 1e6)
        await session.rollback()
    return {"entry_cpu_us": median(rounds)}


async def concurrent(count: int, work: Callable[[int], Awaitable[None]]) -> tuple[float, float]:
    """Changes per second of many writers, and their 99th percentile in ms."""
    latencies: list[float] = []

    async def writer(number: int) -> None:
        for _ in range(count // WRITERS):
            started = perf_counter()
            await work(number)
            latencies.append((perf_counter() - started) * 1000)

    started = perf_counter()
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    return len(latencies) / (perf_counter() - started), sorted(latencies)[int(len(latencies) * 0.99)]


async def ways(database: Database, owner: asyncpg.Connection, count: int) -> None:
    """The same changes by many writers on one chain: without entries, and with each way to seal them."""

    async def unsealed() -> None:
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER seal")

    async def sealed() -> None:
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER seal")

    variants: list[tuple[str, Callable[[], Awaitable[None]], dict[str, bool]]] = [
        ("no entry", sealed, {"audited": False}),
        ("sealed at commit", sealed, {"audited": True}),
        ("sealed at insert", sealed, {"audited": True, "at_insert": True}),
        ("sealed later by a job", unsealed, {"audited": True}),
    ]
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in variants}
    for _ in range(3):
        for name, prepare, options in variants:
            await prepare()
            figures[name].append(await concurrent(count // 3, partial(change, database, **options)))
    for name, measured in figures.items():
        rate, p99 = (median(values) for values in zip(*measured, strict=True))
        print(f"{name:24} {rate:8.0f} changes/s   p99 {p99:6.1f} ms   ({WRITERS} writers, one chain)")


async def main(count: int) -> None:
    """Measure on a durable server of its own, and print."""
    platform_modules()  # the tables that those of accounts refer to
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedServer.start(Path(folder)) as server:
            await migrate(server.url("owner"), app_role="fondasi_app")
            database = Database(server.url("app"), DatabaseSettings(pool_size=WRITERS))
            database.before_commit.append(record_mutation)
            async with database.unit_of_work() as session:
                for number in range(WRITERS):
                    await create_user(session, username=f"bench{number}", password="benchmark password")
            set_source(RequestSource(SCOPE, perf_counter()))
            owner = await asyncpg.connect(server.url("owner"))
            await change(database, 0, audited=True)
            figures = await entry(database, count) | await added(database, count)
            for name, value in figures.items():
                print(f"{name:24} {value:8.0f}")
            await ways(database, owner, count)
            await owner.close()
            await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_CHANGES))
