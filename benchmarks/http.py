"""CPU per request of the platform beside the limit program: `/health`, the authenticated user, a page of 100 users."""

from __future__ import annotations

import asyncio
import tempfile

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

ROUNDS = 5
USERS = 1000
UNREACHED = {"QUOTA_USER_LIMIT": "1000000000"}  # requests are counted, and none is refused


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
                _report("GET /users/me", ours, me, reference, get("/user", x_user="bench"))
                asyncio.run(make_users(url, USERS))
                page = get("/api/v1/users?items_per_page=100", authorization=bearer)
                _report("GET /users (100)", ours, page, reference, get("/users"))


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


def _report(name: str, ours: Server, request: bytes, limit: Server, limit_request: bytes) -> None:
    figures = interleaved(
        ROUNDS,
        ("ours", lambda: cpu_per_request(ours, request)),
        ("limit", lambda: cpu_per_request(limit, limit_request)),
    )
    ratio = figures["ours"] / figures["limit"]
    print(
        f"{name:<16} ours {figures['ours']:6.0f} us CPU   limit {figures['limit']:6.0f} us CPU   ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
