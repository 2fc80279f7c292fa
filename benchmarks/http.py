"""CPU per request of the platform beside the limit program: `/health`, the authenticated user, a page of 100 users.

And a POST that enqueues a job, beside the most used FastAPI boilerplate: its figures of another machine, scaled by what
the limit program took there and takes here for the authenticated user.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from statistics import median

import asyncpg

from benchmarks.harness import (
    PASSWORD,
    Server,
    cpu_and_rate,
    cpu_per_request,
    free_port,
    get,
    interleaved,
    post,
    python,
    run,
    serve,
    sign_in,
)

ROUNDS = 5
USERS = 1000
# Requests and unfinished jobs are counted, and none is refused.
UNREACHED = dict.fromkeys(("QUOTA_USER_LIMIT", "QUOTA_LOGIN_LIMIT", "JOB_PER_CALLER"), "1000000")
CALLERS = 32  # one for each connection
BOILERPLATE_POST, BOILERPLATE_RATE, LIMIT_OF_THAT_MACHINE = (
    3474,
    285,
    171,
)  # us CPU, requests a second, us CPU


def main() -> None:
    """Print a row per route: ours, the limit, the ratio."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {"FONDASI_DATA_DIR": folder, "HTTP_ACCESS_LOG": "true", "MODULES": "posts", **UNREACHED}
        cli = python("-m", "fondasi")
        ours_port, limit_port = free_port(), free_port()
        with serve([*cli, "serve", "--port", str(ours_port)], ours_port, **environment) as ours:
            run([*cli, "users", "create-superuser", "bench", "--password", PASSWORD], environment)
            url = run([*cli, "db", "url"], environment)
            limit = python(
                "-m", "uvicorn", "benchmarks.limit:app", "--port", str(limit_port), "--no-access-log"
            )
            with serve(limit, limit_port, LIMIT_DATABASE_URL=url) as reference:
                _report("GET /health", ours, get("/health"), reference, get("/health"))
                bearer = f"Bearer {sign_in(ours_port, 'bench')}"
                me = get("/api/v1/users/me", authorization=bearer)
                here = _report("GET /users/me", ours, me, reference, get("/user", x_user="bench"))
                asyncio.run(make_users(url, USERS))
                page = get("/api/v1/users?items_per_page=100", authorization=bearer)
                _report("GET /users (100)", ours, page, reference, get("/users"))
                _report_post(ours, url, here / LIMIT_OF_THAT_MACHINE)


async def make_users(url: str, count: int) -> None:
    """More accounts, all at once: copies of the one that is there, under other names."""
    connection = await asyncpg.connect(url)
    columns = await connection.fetchval(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_name = 'user' AND column_name NOT IN ('id', 'username', 'email')"
    )
    await connection.execute(
        f'INSERT INTO "user" (id, username, email, {columns}) '
        f"SELECT uuidv7(), 'user-' || number, 'user-' || number || '@example.com', {columns} "
        f'FROM (SELECT * FROM "user" LIMIT 1) AS one, generate_series(1, {count}) AS number'
    )
    await connection.close()


def _report_post(ours: Server, url: str, slower: float) -> None:
    body = json.dumps({"message": "benchmark", "steps": 1, "seconds": 0}).encode()
    posts = [
        post("/api/v1/tasks", body, authorization=f"Bearer {sign_in(ours.port, f'user-{number}')}")
        for number in range(1, CALLERS + 1)
    ]
    cpu, rate = [], []
    for _ in range(ROUNDS):
        spent, per_second = cpu_and_rate(ours, posts, connections=CALLERS, status=202)
        cpu.append(spent)
        rate.append(per_second)
        asyncio.run(_execute(url, "UPDATE job SET status = 'cancelled', finished_at = now()"))
    theirs = BOILERPLATE_POST * slower
    print(
        f"{'POST /tasks':<16} ours {median(cpu):6.0f} us CPU   boilerplate {theirs:6.0f} us CPU   "
        f"{theirs / median(cpu):.2f} times better; "
        f"{median(rate):.0f} a second, boilerplate {BOILERPLATE_RATE / slower:.0f}"
    )


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def _report(name: str, ours: Server, request: bytes, limit: Server, limit_request: bytes) -> float:
    """Print a row; the figure of the limit."""
    figures = interleaved(
        ROUNDS,
        ("ours", lambda: cpu_per_request(ours, request)),
        ("limit", lambda: cpu_per_request(limit, limit_request)),
    )
    ratio = figures["ours"] / figures["limit"]
    print(
        f"{name:<16} ours {figures['ours']:6.0f} us CPU   limit {figures['limit']:6.0f} us CPU   ratio {ratio:.2f}"
    )
    return figures["limit"]


if __name__ == "__main__":
    main()
