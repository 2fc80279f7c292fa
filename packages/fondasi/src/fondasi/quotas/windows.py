"""Moving windows: how many requests of a key were let through in the last so many seconds.

A request is let through when fewer than the limit were in the window that ends now; one that is refused is not
counted, so a caller who keeps trying is not locked out. Both storages count exactly the same way: in the memory of this
process, or in Redis, where one script does the whole step by the clock of Redis, so that any number of processes
on any number of machines count as one.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, NamedTuple

from fondasi.kit.redis import redis_client

if TYPE_CHECKING:
    from fondasi.settings import RedisSettings

SWEPT_PER_HIT = 2
RETRY_SECONDS = 1.0  # after a failure of Redis
MICROSECONDS = 1_000_000
MAX_CONNECTIONS = 50
REDIS_PREFIX = "fondasi:window:"
# All times in microseconds; a list holds the times of those let through, the oldest first. What it writes expires with
# the write itself. Every call costs as much as it removes, and what it removes was once added.
REDIS_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - period do
    redis.call('LPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], 0)
end
local count = redis.call('LLEN', KEYS[1])
if count >= limit then
    return {0, 0, tonumber(redis.call('LINDEX', KEYS[1], count - limit)) + period - now}
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(period / 1000))
return {1, limit - count - 1, (tonumber(oldest) or now) + period - now}
"""


class Outcome(NamedTuple):
    """What became of a request.

    Attributes:
        allowed: whether it was let through.
        remaining: how many more would be now.
        wait: seconds until one more will be than now.
    """

    allowed: bool
    remaining: int
    wait: float


class WindowsUnavailableError(RuntimeError):
    """The storage cannot be asked now."""


class Windows(ABC):
    """Counts requests by key."""

    @abstractmethod
    async def hit(self, key: str, limit: int, period: float) -> Outcome:
        """Count a request of a key, if it may be let through.

        Args:
            key: whose, and to what.
            limit: requests let through in a period.
            period: seconds.

        Raises:
            WindowsUnavailableError: the storage cannot be asked now.
        """

    async def fault(self) -> str | None:
        """What keeps the storage from answering now, and what to do about it; None when it answers."""
        return None

    @abstractmethod
    async def close(self) -> None:
        """Release what was opened."""


class MemoryWindows(Windows):
    """Windows in the memory of this process. Each hit also looks at two other keys and drops those that are over."""

    def __init__(self) -> None:
        self._windows: OrderedDict[str, tuple[deque[float], float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    async def hit(self, key: str, limit: int, period: float) -> Outcome:
        """See `Windows.hit`."""
        now = time.monotonic()
        self._sweep(now)
        times, known_period = self._windows.get(key) or (deque(), 0)
        if known_period != period:
            self._windows[key] = times, period
        while times and times[0] <= now - period:
            times.popleft()
        if len(times) >= limit:
            return Outcome(allowed=False, remaining=0, wait=times[len(times) - limit] + period - now)
        times.append(now)
        return Outcome(allowed=True, remaining=limit - len(times), wait=times[0] + period - now)

    async def close(self) -> None:
        """Forget everything."""
        self._windows.clear()

    def _sweep(self, now: float) -> None:
        for _ in range(min(SWEPT_PER_HIT, len(self._windows))):
            key = next(iter(self._windows))
            times, period = self._windows[key]
            if not times or times[-1] <= now - period:
                del self._windows[key]
            else:
                self._windows.move_to_end(key)


class RedisWindows(Windows):
    """Windows in Redis.

    After a failure nobody asks again for `RETRY_SECONDS`, so that requests do not queue up before a Redis that hangs.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._client, self._errors = redis_client(settings)
        self._script: Any = self._client.register_script(REDIS_SCRIPT)
        self._again_at = 0.0

    async def hit(self, key: str, limit: int, period: float) -> Outcome:
        """See `Windows.hit`."""
        if time.monotonic() < self._again_at:
            raise WindowsUnavailableError("Redis did not answer a moment ago")
        try:
            allowed, remaining, wait = await self._script(
                [REDIS_PREFIX + key], [limit, int(period * MICROSECONDS)]
            )
        except self._errors as error:
            self._again_at = time.monotonic() + RETRY_SECONDS
            raise WindowsUnavailableError(f"Redis does not answer: {type(error).__name__}") from error
        return Outcome(bool(allowed), remaining, wait / MICROSECONDS)

    async def fault(self) -> str | None:
        """See `Windows.fault`."""
        try:
            await self._client.ping()
        except self._errors as error:
            # The place without the password.
            place = self._client.connection_pool.connection_kwargs
            where = place.get("path") or f"{place.get('host')}:{place.get('port')}"
            return (
                f"Redis at {where} does not answer ({type(error).__name__}): start it, or correct REDIS_URL"
            )
        return None

    async def close(self) -> None:
        """See `Windows.close`."""
        await self._client.aclose()


async def redis_fault(settings: RedisSettings) -> str | None:
    """What keeps Redis from answering, and what to do about it; None when it answers or is not asked for."""
    windows = open_windows(settings)
    try:
        return await windows.fault()
    finally:
        await windows.close()


def open_windows(settings: RedisSettings) -> Windows:
    """The storage that the settings name."""
    return MemoryWindows() if settings.url is None else RedisWindows(settings)
