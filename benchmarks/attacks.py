"""What one attacker does to everybody else: latency of `GET /users/me` and memory of the server, alone and attacked.

An attack is a function that does it once; a process of its own repeats it without a pause for as long as others are
measured, so that the attacker's work does not slow the clock.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import suppress
from functools import cache
from multiprocessing import Process
from typing import TYPE_CHECKING

from benchmarks.harness import PASSWORD, free_port, get, post, python, read_response, run, serve, sign_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.harness import Server

    Attack = Callable[[int], Awaitable[None]]

READS_PER_SECOND = 100
READERS = 8
SECONDS = 6.0
SILENT = 500
GOAL, MEMORY_GOAL = 3.0, 100  # times the latency alone; MB
FORM = "application/x-www-form-urlencoded"
LOGIN = "/api/v1/login"


def main() -> None:
    """Print a row per attack."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {
            "FONDASI_DATA_DIR": folder,
            "MODULES": "posts",
            "LOG_LEVEL": "ERROR",
            "HTTP_ACCESS_LOG": "false",
            "QUOTA_USER_LIMIT": "1000000000",
        }
        port = free_port()
        with serve([*python("-m", "fondasi"), "serve", "--port", str(port)], port, **environment) as server:
            run(
                [*python("-m", "fondasi"), "users", "create-superuser", "bench", "--password", PASSWORD],
                environment,
            )
            reading = get("/api/v1/users/me", authorization=f"Bearer {sign_in(port, 'bench')}")
            asyncio.run(_report(server, reading))


async def _report(server: Server, reading: bytes) -> None:
    await _read(server.port, reading)  # warms up
    for name in ATTACKS:
        alone, before = _p99(await _read(server.port, reading)), server.resident_bytes()
        attacker = Process(target=_repeat, args=(name, server.port), daemon=True)
        attacker.start()
        try:
            beside = _p99(await _read(server.port, reading))
            grown = (server.resident_bytes() - before) / 1e6
        finally:
            attacker.kill()
            attacker.join()
        print(
            f"{name:<16} GET /users/me, p99: {alone:5.1f} ms alone, {beside:5.1f} ms under attack, "
            f"{beside / alone:4.1f} x (to reach: {GOAL:.0f} x); memory {grown:+.0f} MB (to reach: {MEMORY_GOAL} MB)"
        )


def _repeat(name: str, port: int) -> None:
    async def forever() -> None:
        while True:
            with suppress(OSError):
                await ATTACKS[name](port)

    asyncio.run(forever())


async def _read(port: int, request: bytes) -> list[float]:
    """Milliseconds of requests at a steady pace over a few connections."""
    count = int(READS_PER_SECOND * SECONDS / READERS)
    times: list[float] = []

    async def reader(first: float) -> None:
        stream, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(count):
            await asyncio.sleep(max(0.0, first + number * READERS / READS_PER_SECOND - time.perf_counter()))
            began = time.perf_counter()
            writer.write(request)
            status = await read_response(stream)
            times.append((time.perf_counter() - began) * 1e3)
            if status != 200:
                raise SystemExit(f"GET /users/me answered {status}, not 200.")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(reader(began + number / READS_PER_SECOND) for number in range(READERS)))
    return times


def sends(*requests: bytes) -> Attack:
    """An attack that sends each request over a connection of its own and waits until that ends."""

    async def once(port: int) -> None:
        for request in requests:
            stream, writer = await asyncio.open_connection("127.0.0.1", port)
            with suppress(OSError, asyncio.IncompleteReadError):
                writer.write(request)
                await writer.drain()
                await read_response(stream)
            writer.close()

    return once


async def _silence(port: int) -> None:
    """Connections that say nothing, half a head, or a head without its body, for a second."""
    half = (b"", b"GET /hea", b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    opened = []
    try:
        for number in range(SILENT):
            opened.append(await asyncio.open_connection("127.0.0.1", port))
            opened[-1][1].write(half[number % len(half)])
        await asyncio.sleep(1)
    finally:
        for _, writer in opened:
            writer.close()


@cache
def _member(port: int) -> bytes:
    """A member's request for a job of a minute."""
    job = b'{"message": "", "steps": 1, "seconds": 60}'
    return post("/api/v1/tasks", job, authorization=f"Bearer {sign_in(port, 'bench')}")


async def _jobs(port: int) -> None:
    """Long jobs, up to the cap and beyond it."""
    await sends(await asyncio.to_thread(_member, port))(port)


def _with(kind: str, body: bytes) -> bytes:
    return post(LOGIN, body).replace(b"application/json", kind.encode(), 1)


def _fields(count: int) -> bytes:
    return b"{" + b",".join(b'"%x":0' % number for number in range(count)) + b"}"


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n' + b"a-" * 30_000 + b"\r\n--x--\r\n"
)
ATTACKS: dict[str, Attack] = {
    "JSON fields": sends(
        post(LOGIN, _fields(999)), post(LOGIN, _fields(6_000)), post(LOGIN, _fields(1_000_000))
    ),
    "forms": sends(
        _with(FORM, b"a=" + b"%41" * 21_000),
        _with(FORM, b"&" * 65_000),
        _with(FORM, b"a=" + b"%41" * 5_000_000),
    ),
    "form encodings": sends(
        *(
            _with(f"multipart/form-data; boundary=x; charset={name}", MULTIPART)
            for name in ("undefined", "punycode")
        )
    ),
    "cookies": sends(
        *(post("/api/v1/refresh", b"", cookie='refresh="' + "\\" * size + '"') for size in (8_000, 60_000))
    ),
    "large heads": sends(get("/health", a="x" * 200_000), b"GET /health HTTP/1.1\r\n" + b"A: b\r\n" * 40_000),
    "silence": _silence,
    "jobs": _jobs,
}


def _p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]


if __name__ == "__main__":
    main()
