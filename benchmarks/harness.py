"""Shared parts: servers as subprocesses with their CPU time, a load over keep-alive connections, tables."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
START_TIMEOUT = 120
PASSWORD = "benchmark password"


@dataclass(slots=True)
class Server:
    """A running server: where, and the CPU time of its process tree."""

    port: int
    process: psutil.Process
    seconds_to_ready: float

    def cpu_seconds(self) -> float:
        """User and system time of the server and its children, in seconds."""
        spent = 0.0
        for member in [self.process, *self.process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # a helper that ended while it was being counted
                spent += 0.0 if "postgres" in member.name() else sum(member.cpu_times()[:2])
        return spent

    def resident_bytes(self) -> int:
        """Resident memory of the server process."""
        rss: int = self.process.memory_info().rss
        return rss


@contextmanager
def serve(command: Sequence[str], port: int, path: str = "/health", **environment: str) -> Iterator[Server]:
    """Run a server until the block ends; enter the block when it answers `path`."""
    began = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment_with(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_until_ready(process, port, path)
            yield Server(port, psutil.Process(process.pid), time.monotonic() - began)
        finally:
            process.terminate()
            process.wait(30)


def environment_with(extra: dict[str, str]) -> dict[str, str]:
    """This process's environment with more in it."""
    return {**os.environ, **extra}


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def run(command: Sequence[str], environment: dict[str, str]) -> str:
    """Run a command to its end; what it printed."""
    done = subprocess.run(
        command, env=environment_with(environment), check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def sign_in(port: int, username: str) -> str:
    """The access token of a user whose password is `PASSWORD`."""
    body = json.dumps({"username": username, "password": PASSWORD}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/login", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        token: str = json.load(answer)["access_token"]
        return token


@dataclass(slots=True)
class Load:
    """What a load measured."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    statuses: set[int]

    def percentile(self, share: float) -> float:
        """Latency in ms that a share (0 to 1) of the requests stayed under."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Send the requests in turn over keep-alive connections for a while."""
    deadline = time.perf_counter() + seconds
    latencies: list[float] = []
    statuses: set[int] = set()

    async def client(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = first
        while time.perf_counter() < deadline:
            began = time.perf_counter()
            writer.write(requests[turn % len(requests)])
            statuses.add(await read_response(reader))
            latencies.append((time.perf_counter() - began) * 1000)
            turn += connections
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(connections)))
    return Load(len(latencies), time.perf_counter() - began, latencies, statuses)


def cpu_per_request(server: Server, request: bytes, *, connections: int = 32, seconds: float = 2) -> float:
    """CPU microseconds of the server per request under load."""
    return cpu_and_rate(server, [request], connections=connections, seconds=seconds)[0]


def cpu_and_rate(
    server: Server, requests: Sequence[bytes], *, connections: int = 32, seconds: float = 2, status: int = 200
) -> tuple[float, float]:
    """CPU microseconds of the server per request under load, and requests per second."""
    before = server.cpu_seconds()
    measured = asyncio.run(load(server.port, requests, connections=connections, seconds=seconds))
    if measured.statuses != {status}:
        raise SystemExit(f"The server answered {measured.statuses}, not {status}.")
    spent = (server.cpu_seconds() - before) / measured.requests * 1e6
    return spent, measured.requests / measured.seconds


def interleaved(rounds: int, *measures: tuple[str, object]) -> dict[str, float]:
    """Medians of several measures taken in turns, so that a noisy moment hits all of them."""
    figures: dict[str, list[float]] = {name: [] for name, _ in measures}
    for _ in range(rounds):
        for name, measure in measures:
            figures[name].append(measure())  # type: ignore[operator]
    return {name: median(values) for name, values in figures.items()}


def get(path: str, **headers: str) -> bytes:
    """A GET request as bytes."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST request with a JSON body as bytes."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n{lines}\r\n".encode() + body


async def read_response(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, its body read and dropped."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
    return int(head[9:12])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"The server ended with status {process.returncode} before it was ready.")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as probe:
                probe.sendall(get(path, connection="close"))
                if b" 200 " in probe.recv(64):
                    return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"The server did not answer {path} within {START_TIMEOUT} s.")
