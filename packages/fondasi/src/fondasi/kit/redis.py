"""The client of Redis, which is an extra: `pip install fondasi[redis]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fondasi.settings import RedisSettings

MAX_CONNECTIONS = 32


def redis_client(
    settings: RedisSettings, greet: Callable[[Any], Awaitable[None]] | None = None
) -> tuple[Any, tuple[type[Exception], ...]]:
    """A client of Redis that gives up in time, and the errors that it does so with.

    Args:
        settings: address and timeout.
        greet: called with each new connection.

    Raises:
        StartError: the client is not installed.
    """
    try:
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415 - an extra
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import ConnectionError, RedisError  # noqa: A004, PLC0415
    except ImportError:
        raise StartError(
            "REDIS_URL is set, but its client is missing: pip install 'fondasi[redis]', or unset REDIS_URL."
        ) from None
    assert settings.url is not None
    pool = BlockingConnectionPool.from_url(
        settings.url.get_secret_value(),
        max_connections=MAX_CONNECTIONS,
        timeout=settings.timeout,
        socket_timeout=settings.timeout,
        socket_connect_timeout=settings.timeout,
        redis_connect_func=greet,
        # A connection that Redis closed while idle; a timeout is not tried again, nothing counts twice.
        retry=Retry(NoBackoff(), 1, (ConnectionError,)),
    )
    return Redis.from_pool(pool), (RedisError, OSError, TimeoutError)
