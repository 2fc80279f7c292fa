"""Where the CPU of a request goes: `/health`, the authenticated user, a page of 100 users, package by package.

The server interrupts itself after each millisecond of CPU and notes whose code ran; work in C counts for who called it.
What is left of the CPU that the process took is the kernel's: sockets, and PostgreSQL's among them.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import PASSWORD, cpu_per_request, free_port, get, python, run, serve, sign_in
from benchmarks.http import UNREACHED, USERS, make_users
from fondasi.cli import main as fondasi

if TYPE_CHECKING:
    from types import FrameType

INTERVAL = 0.001  # seconds of CPU
SECONDS = 10
SHOWN = 18
API = "/api/v1"


def main() -> None:
    """Print a table per route."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {"FONDASI_DATA_DIR": folder, "HTTP_ACCESS_LOG": "true", "MODULES": "posts", **UNREACHED}
        cli, port, samples = python("-m", "fondasi"), free_port(), Path(folder, "samples.json")
        command = python("-m", "benchmarks.profile", str(samples), "serve", "--port", str(port))
        with serve(command, port, **environment) as server:
            run([*cli, "users", "create-superuser", "bench", "--password", PASSWORD], environment)
            asyncio.run(make_users(run([*cli, "db", "url"], environment), USERS))
            bearer = f"Bearer {sign_in(port, 'bench')}"
            for name, request in (
                ("GET /health", get("/health")),
                ("GET /users/me", get(f"{API}/users/me", authorization=bearer)),
                ("GET /users (100)", get(f"{API}/users?items_per_page=100", authorization=bearer)),
            ):
                cpu_per_request(server, request)  # warm
                server.process.send_signal(signal.SIGUSR1)
                cost = cpu_per_request(server, request, seconds=SECONDS)
                server.process.send_signal(signal.SIGUSR2)
                cpu_per_request(server, get("/health/live"))  # by then the samples are written
                _print(name, cost, Counter(json.loads(samples.read_text())))


def _print(name: str, cost: float, samples: Counter[str]) -> None:
    total = samples.total()
    print(f"{name}: {cost:.0f} us CPU a request, {total} samples")
    for package, count in samples.most_common(SHOWN):
        print(f"  {count / total * cost:6.1f} us  {count / total:4.0%}  {package}")


def _serve(samples: str, arguments: list[str]) -> None:
    """Be `fondasi`, and count between SIGUSR1 and SIGUSR2 whose code runs."""
    counted: Counter[str] = Counter()

    def begin(*_: object) -> None:
        counted.clear()
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)

    def end(*_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        Path(samples).write_text(json.dumps(counted))

    def sample(_: int, frame: FrameType | None) -> None:
        counted[_package(frame)] += 1

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    signal.signal(signal.SIGPROF, sample)
    sys.argv[1:] = arguments
    fondasi()


def _package(frame: FrameType | None) -> str:
    """The package of the code that runs; of ours, the room or the part of the kit."""
    name = str(frame.f_globals.get("__name__", "?")) if frame is not None else "the event loop"
    parts = name.split(".")
    return ".".join(parts[: 3 if parts[:2] == ["fondasi", "kit"] else 2 if parts[0] == "fondasi" else 1])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve(sys.argv[1], sys.argv[2:])
    else:
        main()
