"""The cache of a process: looks entries up, and lets one caller make what many ask for."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson
from prometheus_client import Counter

from fondasi.kit.cache.stores import MemoryStore, RedisStore, Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fondasi.kit.db import Database
    from fondasi.settings import CacheSettings, RedisSettings

LARGEST_SHARE = 8  # no entry is larger than the eighth of the memory for all
OVERHEAD = 600  # bytes that an entry takes beside its body
LOOKUPS = Counter("fondasi_cache_lookups_total", "Lookups in the cache.", ["name", "outcome"])
lookups = lru_cache(maxsize=4096)(LOOKUPS.labels)


class Outcome(StrEnum):
    """How a lookup ended."""

    HIT = "hit"
    MISS = "miss"
    BYPASS = "bypass"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an answer: its headers (of a value: none) and its body."""

    head: list[list[str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup found or made.

    Attributes:
        outcome: `bypass` when the cache was not asked, as it cannot be trusted now.
        kept: the entry; None when what was made is not kept.
        seconds: that it lives on.
    """

    outcome: Outcome
    kept: Kept | None = None
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    marks: Sequence[str]
    tokens: list[bytes]
    expires: float  # seconds since 1970, for other machines read it too
    kept: Kept


class Cache:
    """Entries under marks.

    Values of this process are kept in its memory; with Redis others find them there too. Each lookup compares the
    tokens of the entry's marks, with Redis in one round trip: an entry that was invalidated is never used again.

    Args:
        store: the tokens of marks.
        settings: how much memory.
        database: what values are made from.

    Attributes:
        trusted: whether this process hears of changes now; else it asks nothing and keeps nothing.
    """

    def __init__(self, store: Store, settings: CacheSettings, database: Database) -> None:
        self.store = store
        self.database = database
        self.trusted = False
        self._enabled = settings.enabled
        self._most = settings.bytes
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._flights: dict[tuple[str, bytes], asyncio.Future[Found | None]] = {}

    def marks_of(self, identity: str) -> Sequence[str] | None:
        """What an entry of this process stands under, whether or not it still counts; None where there is none."""
        entry = self._entries.get(identity)
        return entry.marks if entry is not None else None

    async def fetch(
        self, identity: str, marks: Sequence[str], seconds: float, make: Callable[[], Awaitable[Kept | None]]
    ) -> Found:
        """An entry, or else what `make` gives, which is kept unless it is None.

        Of many callers at the same time one makes it. Whatever `make` raises is raised.

        Args:
            identity: of the entry: all that its content depends on.
            marks: that it stands under.
            seconds: to keep it.
            make: makes it, and reads nothing before it is called.
        """
        while self._enabled and self.trusted and (tokens := await self.store.tokens(marks)) is not None:
            if (
                found := self._local(identity, tokens) or await self._remote(identity, marks, tokens)
            ) is not None:
                return found
            if (fresh := await self.store.create(marks)) is None or not self.trusted:
                break
            flight = (identity, b"".join(fresh))
            if (leader := self._flights.get(flight)) is None:
                return await self._lead(flight, marks, fresh, seconds, make)
            if (led := await asyncio.shield(leader)) is None:
                continue  # its maker went away
            return led if led.kept else Found(Outcome.MISS, await make())
        return Found(Outcome.BYPASS, await make())

    async def close(self) -> None:
        """Forget everything here, and close the connections."""
        self._entries.clear()
        await self.store.close()

    async def _lead(
        self,
        flight: tuple[str, bytes],
        marks: Sequence[str],
        tokens: list[bytes],
        seconds: float,
        make: Callable[[], Awaitable[Kept | None]],
    ) -> Found:
        leader = self._flights[flight] = asyncio.get_running_loop().create_future()
        led: Found | None = Found(Outcome.MISS)
        try:
            kept = await make()
            if kept is not None:
                led = Found(Outcome.HIT, kept, seconds)
                await self._keep(flight[0], _Entry(marks, tokens, time.time() + seconds, kept), seconds)
        except asyncio.CancelledError:
            led = None
            raise
        finally:
            del self._flights[flight]
            leader.set_result(led)
        return Found(Outcome.MISS, kept, seconds)

    def _local(self, identity: str, tokens: Sequence[bytes | None]) -> Found | None:
        entry = self._entries.get(identity)
        if entry is None:
            return None
        left = entry.expires - time.time()
        if left <= 0 or entry.tokens != tokens:
            self._forget(identity)
            return None
        self._entries.move_to_end(identity)
        return Found(Outcome.HIT, entry.kept, left)

    async def _remote(
        self, identity: str, marks: Sequence[str], tokens: Sequence[bytes | None]
    ) -> Found | None:
        if None in tokens or (data := await self.store.load(identity)) is None:
            return None
        head, _, body = data.partition(b"\n")
        names, expires, headers = orjson.loads(head)
        entry = _Entry(marks, [name.encode("latin-1") for name in names], expires, Kept(headers, body))
        if entry.expires <= time.time() or entry.tokens != tokens:
            return None
        self._remember(identity, entry)
        return Found(Outcome.HIT, entry.kept, entry.expires - time.time())

    async def _keep(self, identity: str, entry: _Entry, seconds: float) -> None:
        if self._remember(identity, entry) and isinstance(self.store, RedisStore):
            names = [token.decode("latin-1") for token in entry.tokens]
            data = orjson.dumps([names, entry.expires, entry.kept.head]) + b"\n" + entry.kept.body
            await self.store.keep(identity, data, seconds)

    def _remember(self, identity: str, entry: _Entry) -> bool:
        size = _size(entry)
        if size > self._most // LARGEST_SHARE:
            return False
        self._forget(identity)
        self._entries[identity] = entry
        self._bytes += size
        while self._bytes > self._most:
            self._bytes -= _size(self._entries.popitem(last=False)[1])
        return True

    def _forget(self, identity: str) -> None:
        if (entry := self._entries.pop(identity, None)) is not None:
            self._bytes -= _size(entry)


def open_cache(settings: CacheSettings, redis: RedisSettings, database: Database) -> Cache:
    """The cache that the settings ask for, known to the sessions of the database."""
    cache = Cache(MemoryStore() if redis.url is None else RedisStore(redis), settings, database)
    database.info[Cache] = cache
    return cache


def _size(entry: _Entry) -> int:
    return len(entry.kept.body) + OVERHEAD
