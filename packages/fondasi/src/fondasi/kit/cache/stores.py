"""Where the tokens of marks are kept: in this process, or in Redis for all of them.

A token is a random text. Whoever makes an entry reads or creates the tokens of its marks first, and keeps them with it;
dropping a mark forgets its token. So an entry that was being made while a mark was dropped counts for nothing either,
and a store that loses something loses entries, never a change.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import structlog

from fondasi.kit.redis import redis_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence

    from fondasi.settings import RedisSettings

log = structlog.get_logger(__name__)

MOST_MARKS = 200_000  # in the memory of a process
MARK_SECONDS = 2 * 86_400  # in Redis; an entry lives a day at most
BLOCK_SECONDS = 60  # longer than a transaction takes to commit
RETRY_SECONDS = 1.0
PREFIX = "fondasi:cache:"
BLOCKED = b"!"
# For each mark its token, created where there is none, or one of another run of the server.
CREATE = """
local found = {}
for place, mark in ipairs(KEYS) do
    local token = redis.call('GET', mark)
    if not token or (token ~= '!' and string.sub(token, 1, #ARGV[1]) ~= ARGV[1]) then
        token = ARGV[1] .. ARGV[2]
        redis.call('SET', mark, token, 'EX', ARGV[3])
    end
    found[place] = token
end
return found
"""


class Store(ABC):
    """The tokens of marks."""

    @abstractmethod
    async def tokens(self, marks: Sequence[str]) -> list[bytes | None] | None:
        """The token of each mark; None when they cannot be had, or one is being changed."""

    @abstractmethod
    async def create(self, marks: Sequence[str]) -> list[bytes] | None:
        """The same, created where there was none."""

    @abstractmethod
    async def block(self, marks: Collection[str]) -> bool:
        """Let no process use entries under these marks until they are dropped; whether that reached all processes."""

    @abstractmethod
    async def drop(self, marks: Collection[str]) -> bool:
        """Forget the tokens of these marks; whether that is done. What is not is tried again before any other call."""

    async def load(self, identity: str) -> bytes | None:  # noqa: ARG002
        """A value that another process kept."""
        return None

    async def keep(self, identity: str, value: bytes, seconds: float) -> None:  # noqa: B027
        """Keep a value for other processes."""

    async def close(self) -> None:  # noqa: B027
        """Close all connections."""


class MemoryStore(Store):
    """Tokens in the memory of this process: the others hear of changes by a notification of the database."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, bytes] = OrderedDict()

    async def tokens(self, marks: Sequence[str]) -> list[bytes | None] | None:
        """See `Store.tokens`."""
        return [self._tokens.get(mark) for mark in marks]

    async def create(self, marks: Sequence[str]) -> list[bytes] | None:
        """See `Store.create`."""
        found = []
        for mark in marks:
            token = self._tokens.get(mark)
            if token is None:
                token = self._tokens[mark] = secrets.token_bytes(12)
            self._tokens.move_to_end(mark)
            found.append(token)
        while len(self._tokens) > MOST_MARKS:
            self._tokens.popitem(last=False)
        return found

    async def block(self, marks: Collection[str]) -> bool:  # noqa: ARG002
        """See `Store.block`: it reaches this process alone."""
        return False

    async def drop(self, marks: Collection[str]) -> bool:
        """See `Store.drop`."""
        for mark in marks:
            self._tokens.pop(mark, None)
        return True


class RedisStore(Store):
    """Tokens and values in Redis.

    A server that was restarted, or replaced by its copy, may know tokens that were dropped meanwhile: so each token
    begins with the id of the server's run, and those of other runs count for nothing.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._client, self._errors = redis_client(settings, self._greet)
        self._create: Any = self._client.register_script(CREATE)
        self._run = b""
        self._again_at = 0.0
        self._dropped: dict[str, int] = {}
        self._serial = 0
        self._delivering = asyncio.Lock()

    async def tokens(self, marks: Sequence[str]) -> list[bytes | None] | None:
        """See `Store.tokens`: one round trip."""
        if self._dropped and not await self._deliver():
            return None
        found = await self._ask(self._client.mget([PREFIX + mark for mark in marks]))
        if found is None or BLOCKED in found or self._dropped:
            return None
        return [token if token and token.startswith(self._run) else None for token in found]

    async def create(self, marks: Sequence[str]) -> list[bytes] | None:
        """See `Store.create`."""
        keys = [PREFIX + mark for mark in marks]
        if not self._run:
            return None
        found = await self._ask(self._create(keys, [self._run, secrets.token_hex(8), MARK_SECONDS]))
        return None if found is None or BLOCKED in found or self._dropped else found

    async def block(self, marks: Collection[str]) -> bool:
        """See `Store.block`."""
        pipeline = self._client.pipeline(transaction=True)
        for mark in marks:
            pipeline.set(PREFIX + mark, BLOCKED, ex=BLOCK_SECONDS)
        return await self._ask(pipeline.execute()) is not None

    async def drop(self, marks: Collection[str]) -> bool:
        """See `Store.drop`."""
        self._serial += 1
        self._dropped.update(dict.fromkeys(marks, self._serial))
        return await self._deliver()

    async def load(self, identity: str) -> bytes | None:
        """See `Store.load`."""
        found: bytes | None = await self._ask(self._client.get(f"{PREFIX}v:{identity}"))
        return found

    async def keep(self, identity: str, value: bytes, seconds: float) -> None:
        """See `Store.keep`."""
        await self._ask(self._client.set(f"{PREFIX}v:{identity}", value, px=int(seconds * 1000) + 1))

    async def close(self) -> None:
        """See `Store.close`."""
        await self._client.aclose()

    async def _deliver(self) -> bool:
        async with self._delivering:
            while pending := dict(self._dropped):
                if await self._ask(self._client.unlink(*(PREFIX + mark for mark in pending))) is None:
                    return False
                for mark, serial in pending.items():
                    if self._dropped.get(mark) == serial:
                        del self._dropped[mark]
        return True

    async def _ask(self, call: Awaitable[Any]) -> Any:
        """Its answer; None when Redis gave none. Nobody asks again for a second then."""
        if time.monotonic() < self._again_at:
            call.close()  # type: ignore[attr-defined]
            return None
        try:
            return await call
        except self._errors as error:
            self._again_at = time.monotonic() + RETRY_SECONDS
            log.warning(
                "cache_unavailable", error=type(error).__name__, advice="start Redis, or correct REDIS_URL"
            )
            return None

    async def _greet(self, connection: Any) -> None:
        await connection.on_connect()
        await connection.send_command("INFO", "server")
        text: bytes = await connection.read_response()
        self._run = next(line for line in text.splitlines() if line.startswith(b"run_id:"))[7:23]
