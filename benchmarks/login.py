"""Signing in: what it does to other requests, whether its time tells who has an account, and what a password costs."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from contextlib import asynccontextmanager
from statistics import NormalDist, fmean, median, variance
from typing import TYPE_CHECKING

from benchmarks.harness import PASSWORD, free_port, get, post, python, read_response, serve, sign_in
from fondasi.identity.passwords import hash_password, verify_password

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from benchmarks.harness import Server

ACCOUNTS = 20  # each is tried less often than its lockout begins
LOGINS_PER_SECOND = 50
READS_PER_SECOND = 100
SECONDS = 6.0
ROUNDS = 3
GOAL = 3.0
TRIES = 200
BEHIND = 0.02  # seconds for what is written behind an answer, so that the next one does not wait for it
HASHES = 40
CONNECTIONS = 64
UNAVAILABLE = 503  # more logins than the machine can take
API = "/api/v1"


def main() -> None:
    """Print the three figures."""
    asyncio.run(_report_hash())
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {
            "FONDASI_DATA_DIR": folder,
            "MODULES": "posts",
            "LOG_LEVEL": "WARNING",
            "HTTP_ACCESS_LOG": "false",
            "QUOTA_LOGIN_LIMIT": "1000000000",
            # Tries come from addresses of their own, so that the lockout of addresses has no part in this.
            "HTTP_TRUSTED_PROXIES": "127.0.0.1/32",
        }
        port = free_port()
        with serve([*python("-m", "fondasi"), "serve", "--port", str(port)], port, **environment) as server:
            asyncio.run(_report_requests(server))


async def _report_hash() -> None:
    """CPU time of one hash and one check; the pool's threads count, the waiting does not."""
    made = await hash_password(PASSWORD)
    began = time.process_time()
    for _ in range(HASHES):
        await hash_password(PASSWORD)
    hashed = time.process_time()
    for _ in range(HASHES):
        await verify_password(PASSWORD, made)
    checked = time.process_time()
    parameters = made.split("$")[3]
    print(
        f"argon2id {parameters}: {(hashed - began) / HASHES * 1e3:.1f} ms CPU a hash, "
        f"{(checked - hashed) / HASHES * 1e3:.1f} ms a check (OWASP's minimum: m=19456,t=2,p=1)"
    )


async def _report_requests(server: Server) -> None:
    async with Connections.opened(server.port) as connections, Connections.opened(server.port) as readers:
        for number in range(ACCOUNTS):
            account = {"username": f"user{number}", "password": PASSWORD}
            await connections.timed(_post(f"{API}/users", account), 201)
        await _report_neighbours(server, connections, readers)
        await _report_timing(connections)


async def _report_neighbours(server: Server, connections: Connections, readers: Connections) -> None:
    """The latency of a cheap request, alone and while people sign in, in turns."""
    reading = get(f"{API}/users/me", authorization=f"Bearer {sign_in(server.port, 'user0')}")

    async def read(_: int) -> float:
        return await readers.timed(reading, 200)

    async def login(number: int) -> float:
        return await connections.timed(_login(f"user{number % ACCOUNTS}", PASSWORD), 200, UNAVAILABLE)

    idle: list[float] = []
    busy: list[float] = []
    logins: list[float] = []
    for _ in range(ROUNDS):
        idle += await _steadily(READS_PER_SECOND, read)
        measured, signed_in = await asyncio.gather(
            _steadily(READS_PER_SECOND, read), _steadily(LOGINS_PER_SECOND, login)
        )
        busy += measured
        logins += signed_in
    alone, beside = _p99(idle), _p99(busy)
    print(
        f"GET /users/me, p99: {alone:.1f} ms alone, {beside:.1f} ms beside {LOGINS_PER_SECOND} logins a second, "
        f"{beside / alone:.1f} x (to reach: {GOAL:.0f} x or less); logins: p50 {median(logins):.0f} ms, "
        f"{connections.refused} of {len(logins)} refused"
    )


async def _report_timing(connections: Connections) -> None:
    """Welch's t-test: do an unknown name and a wrong password take different times?"""
    times: dict[str, list[float]] = {"user": [], "nobody": []}
    for number in range(-ACCOUNTS, TRIES):  # the first ones warm up
        for name in random.sample(sorted(times), k=2):
            took = await connections.timed(_login(f"{name}{number % ACCOUNTS}", "a wrong one"), 401)
            if number >= 0:
                times[name].append(took)
            await asyncio.sleep(BEHIND)
    known, unknown = times["user"], times["nobody"]
    t, p = welch(known, unknown)
    print(
        f"wrong password {fmean(known):.2f} ms, unknown user {fmean(unknown):.2f} ms on average of {TRIES} tries: "
        f"Welch's t = {t:.2f}, p = {p:.3f} (a difference shows below 0.05)"
    )


def welch(first: list[float], second: list[float]) -> tuple[float, float]:
    """Welch's t and its two-sided p; with some 400 degrees of freedom Student's distribution is the normal one."""
    spread = variance(first) / len(first) + variance(second) / len(second)
    t = (fmean(first) - fmean(second)) / spread**0.5
    return t, 2 * (1 - NormalDist().cdf(abs(t)))


class Connections:
    """Connections to the server, each of which waits for the next request."""

    def __init__(self, port: int) -> None:
        self.refused = 0
        self._port = port
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def opened(cls, port: int) -> AsyncIterator[Connections]:
        """Enough of them, open until the block ends."""
        connections = cls(port)
        for _ in range(CONNECTIONS):
            connections._free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
        yield connections
        while not connections._free.empty():
            connections._free.get_nowait()[1].close()

    async def timed(self, request: bytes, *expected: int) -> float:
        """Send a request; milliseconds until its answer."""
        reader, writer = await self._free.get()
        if reader.at_eof():  # it was idle for longer than the server keeps one
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        began = time.perf_counter()
        writer.write(request)
        status = await read_response(reader)
        took = (time.perf_counter() - began) * 1e3
        self._free.put_nowait((reader, writer))
        if status not in expected:
            raise RuntimeError(f"{request.split(b' HTTP')[0].decode()} answered {status}, not {expected[0]}.")
        self.refused += status == UNAVAILABLE
        return took


async def _steadily(per_second: int, call: Callable[[int], Awaitable[float]]) -> list[float]:
    """Call at a steady pace, whether or not the calls before have been answered; what each took, in ms."""
    began = time.perf_counter()
    calls = []
    for number in range(int(per_second * SECONDS)):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        calls.append(asyncio.ensure_future(call(number)))
    return list(await asyncio.gather(*calls))


def _login(username: str, password: str) -> bytes:
    return _post(f"{API}/login", {"username": username, "password": password})


def _post(path: str, body: dict[str, str]) -> bytes:
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    return post(path, json.dumps(body).encode(), x_forwarded_for=address)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]


if __name__ == "__main__":
    main()
