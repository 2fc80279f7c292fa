"""A guarded request of a user with 50 groups and 500 permissions beside one with 1 of each, and the check by itself."""

from __future__ import annotations

import asyncio
import tempfile
import timeit
from uuid import uuid4

import asyncpg

from benchmarks.harness import (
    PASSWORD,
    Server,
    cpu_per_request,
    free_port,
    get,
    interleaved,
    python,
    run,
    serve,
    sign_in,
)
from fondasi.access import Principal

ROUNDS = 5
PERMISSION = "system.view"
GUARDED = "/health/system"
GROUPS, PERMISSIONS = 50, 500
MAKE = f"""
INSERT INTO "group" (id, name, description, seeded)
SELECT gen_random_uuid(), 'many-' || n, '', false FROM generate_series(1, {GROUPS}) n;
INSERT INTO group_permission (group_id, permission, granted)
SELECT id, 'room.action' || n, true FROM "group", generate_series(1, {PERMISSIONS}) n WHERE name LIKE 'many-%';
UPDATE "user" SET is_superuser = false WHERE username IN ('one', 'many');
DELETE FROM user_group USING "user" WHERE user_id = "user".id AND username IN ('one', 'many');
INSERT INTO user_group (user_id, group_id) SELECT "user".id, "group".id FROM "user", "group"
WHERE (username = 'many' AND "group".name LIKE 'many-%') OR (username = 'one' AND "group".name = 'vendor');
INSERT INTO user_permission (user_id, permission)
SELECT id, '{PERMISSION}' FROM "user" WHERE username IN ('one', 'many');
"""


def main() -> None:
    """Print both figures."""
    _report_check()
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {"FONDASI_DATA_DIR": folder, "MODULES": "posts", "LOG_LEVEL": "WARNING"}
        cli, port = python("-m", "fondasi"), free_port()
        with serve([*cli, "serve", "--port", str(port)], port, **environment) as server:
            for name in ("root", "one", "many"):
                run([*cli, "users", "create-superuser", name, "--password", PASSWORD], environment)
            asyncio.run(_make(run([*cli, "db", "url"], environment)))
            _report_requests(server)


def _report_check() -> None:
    few = Principal(uuid4(), uuid4(), "one", is_superuser=False, permissions=frozenset({PERMISSION}))
    codes = frozenset({PERMISSION, *(f"room.action{number}" for number in range(PERMISSIONS))})
    many = Principal(uuid4(), uuid4(), "many", is_superuser=False, permissions=codes)
    count = 200_000
    figures = interleaved(
        ROUNDS,
        ("one", lambda: timeit.timeit(lambda: few.may(PERMISSION), number=count) / count * 1e9),
        ("many", lambda: timeit.timeit(lambda: many.may(PERMISSION), number=count) / count * 1e9),
    )
    _print("check", "ns", figures)


def _report_requests(server: Server) -> None:
    requests = {
        name: get(GUARDED, authorization=f"Bearer {sign_in(server.port, name)}") for name in ("one", "many")
    }
    figures = interleaved(
        ROUNDS,
        *(
            (name, lambda request=request: cpu_per_request(server, request))
            for name, request in requests.items()
        ),
    )
    _print(f"GET {GUARDED}", "us CPU", figures)


def _print(name: str, unit: str, figures: dict[str, float]) -> None:
    print(
        f"{name:<20} 1 group, 1 permission {figures['one']:6.0f} {unit}   {GROUPS} groups, {PERMISSIONS} permissions "
        f"{figures['many']:6.0f} {unit}   ratio {figures['many'] / figures['one']:.2f}"
    )


async def _make(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(MAKE)
    await connection.close()


if __name__ == "__main__":
    main()
