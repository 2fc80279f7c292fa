"""A thousand readers of live updates on one worker: memory, and the time from a commit to the last of them."""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import time
from statistics import median
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from benchmarks.harness import Server, free_port, get, post, python, read_response, serve
from fondasi.access import Principal, authenticated_or_key
from fondasi.app import create_app
from fondasi.dependencies import UnitOfWork  # noqa: TC001 - FastAPI reads the annotation
from fondasi.identity import create_user
from fondasi.identity.sessions import Device, open_session
from fondasi.kit.http import Router
from fondasi.kit.http.server import PROTOCOL
from fondasi.kit.live import SIGNED_IN, Changes, changed
from fondasi.module import Module
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

READERS = 1000
PER_CALLER = 10
CHANGES = 20
PATH = "/api/v1/bench"
MEGABYTES_TO_REACH, SECONDS_TO_REACH = 150, 1.0
router = Router(prefix="/bench")


@router.post("", operation_id="create_bench", status_code=200)
async def tell(
    caller: Annotated[Principal, authenticated_or_key("changes.follow")],  # noqa: ARG001 - who is signed in
    session: UnitOfWork,
) -> dict[str, int]:
    """Change something."""
    changed(session, "things", uuid4())
    return {}


def ours() -> FastAPI:
    """The platform with that route."""
    things = Module(name="bench", routers=[router], changes=[Changes("things", permission=SIGNED_IN)])
    return create_app(modules=[*platform_modules(), things])


class Readers:
    """Many readers, and when each was told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: list[asyncio.Task[None]] = []
        self._writers: list[asyncio.StreamWriter] = []  # one that nobody holds closes its connection
        self.ready = 0
        self.told: list[float] = []

    async def add(self, token: str) -> None:
        """Open a stream, and wait until it is ready."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(get("/api/v1/changes", Authorization=f"Bearer {token}"))
        while b"event: ready" not in await reader.readline():
            pass
        self.ready += 1
        self._writers.append(writer)
        self._tasks.append(asyncio.create_task(self._read(reader)))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line == b"event: change\n":
                self.told.append(time.perf_counter())

    async def until(self, count: int) -> None:
        """Wait until so many were told."""
        async with asyncio.timeout(60):
            while len(self.told) < count:  # noqa: ASYNC110 - the readers count
                await asyncio.sleep(0.005)


def main() -> None:
    """Print the memory of the readers, and how long the last of them waits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        os.environ |= {"FONDASI_DATA_DIR": folder, "HTTP_ACCESS_LOG": "false"}
        tokens = asyncio.run(sign_in(READERS // PER_CALLER))
        port = free_port()
        command = python("-m", "uvicorn", "benchmarks.live:ours", "--factory", "--port", str(port))
        command += ["--http", PROTOCOL, "--no-access-log"]
        with serve(command, port) as server:
            megabytes, seconds, idle = asyncio.run(measure(server, tokens))
    print(
        f"{READERS:,} readers, one worker   {megabytes:.0f} MB more, to reach: {MEGABYTES_TO_REACH} or less   "
        f"the last is told after {max(seconds) * 1000:.0f} ms (median of {CHANGES}: {median(seconds) * 1000:.0f} ms), "
        f"to reach: {SECONDS_TO_REACH * 1000:.0f} or less   at rest {idle * 100:.0f} % of a core"
    )


async def sign_in(count: int) -> list[str]:
    """Tokens of so many users."""
    tokens = []
    async with open_platform(get_settings(), platform_modules(), create=True) as platform:
        for number in range(count):
            async with platform.database.unit_of_work() as session:
                user = await create_user(session, username=f"reader{number}", password=None)
                tokens.append((await open_session(session, platform, user, Device("", ""))).access_token)
    return tokens


async def measure(server: Server, tokens: list[str]) -> tuple[float, list[float], float]:
    """Megabytes of the readers, seconds to the last of them for each change, CPU seconds a second at rest."""
    readers, request = Readers(server.port), post(PATH, b"", Authorization=f"Bearer {tokens[0]}")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(50):  # whatever a first request makes is there
        writer.write(request)
        await read_response(reader)
    before = server.resident_bytes()
    for token in tokens * PER_CALLER:
        await readers.add(token)
    seconds = []
    for number in range(1, CHANGES + 1):
        writer.write(request)
        await read_response(reader)
        committed = time.perf_counter()
        await readers.until(number * READERS)
        seconds.append(max(readers.told) - committed)
        await asyncio.sleep(0.2)
    after, spent = server.resident_bytes(), server.cpu_seconds()
    await asyncio.sleep(15)
    return (after - before) / 1e6, seconds, (server.cpu_seconds() - spent) / 15


if __name__ == "__main__":
    main()
