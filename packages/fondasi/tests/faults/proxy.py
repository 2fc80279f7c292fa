"""A TCP proxy that can do to connections what networks do: swallow, delay, cut, refuse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

CHUNK = 1 << 16


class Proxy:
    """Forwards to one address, well or badly.

    Attributes:
        port: where it listens on 127.0.0.1.
        delay: seconds that each piece is held back, in both directions.
    """

    def __init__(self, target: tuple[str, int] | str) -> None:
        self._target = target
        self._pairs: list[_Pair] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallows_new = False
        self._refuses = False
        self.delay = 0.0
        self.port = 0

    @property
    def open(self) -> int:
        """How many connections there are, swallowed ones included."""
        return sum(not pair.ended for pair in self._pairs)

    def swallow(self, *, new_ones: bool = False) -> int:
        """From now on nothing passes on the connections that there are, and no end is told; how many.

        Args:
            new_ones: treat those that come later alike.
        """
        alive = [pair for pair in self._pairs if not pair.ended]
        for pair in alive:
            pair.passes.clear()
        self._swallows_new = new_ones
        return len(alive)

    def cut(self) -> None:
        """Reset all connections."""
        for pair in self._pairs:
            pair.reset()

    def refuse(self, refuses: bool = True) -> None:
        """Accept no connection, or accept them again."""
        self._refuses = refuses

    def heal(self) -> None:
        """Let everything pass again, what was held back first."""
        self._swallows_new = self._refuses = False
        for pair in self._pairs:
            pair.passes.set()

    async def end(self) -> None:
        """Reset all connections, and wait for nothing that they wait for."""
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._refuses:
            writer.transport.abort()
            return
        pair = _Pair(self, writer)
        self._pairs.append(pair)
        if self._swallows_new:
            pair.passes.clear()
        with suppress(OSError, asyncio.CancelledError):  # the latter when the test ends
            await pair.forward(reader, self._target)
        pair.reset()


class _Pair:
    def __init__(self, proxy: Proxy, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._writers = [writer]
        self.passes = asyncio.Event()
        self.passes.set()
        self.ended = False

    async def forward(self, reader: asyncio.StreamReader, target: tuple[str, int] | str) -> None:
        await self.passes.wait()
        opened = (
            asyncio.open_unix_connection(target)
            if isinstance(target, str)
            else asyncio.open_connection(*target)
        )
        back, onward = await opened
        self._writers.append(onward)
        ways = [
            asyncio.create_task(self._pump(reader, onward)),
            asyncio.create_task(self._pump(back, self._writers[0])),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(CHUNK):
            if self._proxy.delay:
                await asyncio.sleep(self._proxy.delay)
            await self.passes.wait()
            writer.write(piece)
            await writer.drain()
        await self.passes.wait()  # an end that nobody hears of

    def reset(self) -> None:
        self.ended = True
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy before the database of an address, and the address through it."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host, port = options.get("host", parts.hostname), int(options.get("port", parts.port or 5432))
    assert host is not None
    proxy = Proxy(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    credentials = parts.netloc.rpartition("@")[0]
    try:
        yield proxy, f"postgresql://{credentials}@127.0.0.1:{proxy.port}{parts.path}?sslmode=disable"
    finally:
        server.close()
        await proxy.end()
        await server.wait_closed()
