"""10,000 requests of four tenants over a pool of four connections: mixed answers; and what being in a tenant costs."""

from __future__ import annotations

import asyncio
import tempfile
import time

import httpx

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
from fondasi.testing.two_tenants import Side, mixed_answers

ROUNDS = 5
REQUESTS, CONCURRENCY = 10_000, 64
MARKERS = ("zebra", "yacht", "xylem", "whale")
ENVIRONMENT = {
    "MODULES": "posts",
    "LOG_LEVEL": "WARNING",
    "QUOTA_USER_LIMIT": "1000000000",
    "QUOTA_ADDRESS_LIMIT": "1000000000",
    "DATABASE_POOL_SIZE": "4",
    "DATABASE_POOL_OVERFLOW": "0",
    "DATABASE_POOL_TIMEOUT": "60",
}


def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {"FONDASI_DATA_DIR": folder, **ENVIRONMENT}
        cli, port = python("-m", "fondasi"), free_port()
        with serve([*cli, "serve", "--port", str(port)], port, **environment) as server:
            for marker in MARKERS:
                run(
                    [*cli, "users", "create-superuser", f"{marker}-owner", "--password", PASSWORD],
                    environment,
                )
            sides = asyncio.run(_mix(server))
            _report_cost(server, sides[0])


async def _mix(server: Server) -> list[Side]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}/api/v1", timeout=60) as client:
        sides = [await _side(client, server, marker) for marker in MARKERS]
        reads = [
            (side, path.format(side.ids["tenant_id"]))
            for path in ("/tenants/{}", "/tenants/{}/members", "/tenants/{}/members/me", "/tenants")
            for side in sides
        ]
        began = time.perf_counter()
        mixed, refused = await mixed_answers(client, reads, total=REQUESTS, concurrency=CONCURRENCY)
        seconds = time.perf_counter() - began
    print(f"mixed answers        {len(mixed)} of {REQUESTS:,} over 4 connections, in {seconds:.0f} s")
    for line in [*mixed, *refused][:5]:
        print(f"  {line}")
    return sides


async def _side(client: httpx.AsyncClient, server: Server, marker: str) -> Side:
    token = await asyncio.to_thread(sign_in, server.port, f"{marker}-owner")
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.post("/tenants", json={"name": marker}, headers=headers)
    return Side(headers, {"tenant_id": answer.json()["id"]}, marker)


def _report_cost(server: Server, side: Side) -> None:
    bearer = side.headers["Authorization"]
    me = get("/api/v1/users/me", authorization=bearer)
    tenant = get(f"/api/v1/tenants/{side.ids['tenant_id']}", authorization=bearer)
    figures = interleaved(
        ROUNDS,
        ("me", lambda: cpu_per_request(server, me)),
        ("tenant", lambda: cpu_per_request(server, tenant)),
    )
    print(
        f"GET /users/me {figures['me']:6.0f} us CPU   GET /tenants/{{id}} {figures['tenant']:6.0f} us CPU   "
        f"ratio {figures['tenant'] / figures['me']:.2f}"
    )


if __name__ == "__main__":
    main()
