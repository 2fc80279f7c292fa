"""Notices that several web processes count requests each in its own memory, whoever started them.

Each holds an advisory lock of the database while it serves; one that finds it held by another of its environment is not
alone.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import structlog

from fondasi.kit.db.driver import Connection
from fondasi.settings import Environment, StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.platform import Platform

log = structlog.get_logger(__name__)

LOCK = 0x71756F74  # "quot"
PATIENCE_SECONDS = 10.0  # what a predecessor gets to end in a restart
RETRY_SECONDS = 0.5


class SeveralWorkersError(StartError):
    """Production was asked for with several workers that each count for themselves."""


@asynccontextmanager
async def alone(platform: Platform) -> AsyncIterator[None]:
    """Be the only web process on this database while the block runs.

    Raises:
        SeveralWorkersError: in production, another one is serving. Elsewhere that is a warning.
    """
    environment = platform.settings.environment
    production = environment is Environment.PRODUCTION
    connection = await asyncpg.connect(platform.database.direct_url, connection_class=Connection)
    try:
        if not await _locked(connection, environment, PATIENCE_SECONDS if production else 0):
            sentence = (
                "Another process serves this database, and each counts requests in its own memory: every limit "
                "holds once for each. Set REDIS_URL to count together, or stop the other one."
            )
            if production:
                raise SeveralWorkersError(f"Refusing to start: {sentence}")
            log.warning("limits_hold_for_each_worker", advice=sentence)
        yield
    finally:
        await connection.close()


async def _locked(connection: asyncpg.Connection, environment: Environment, patience: float) -> bool:
    key = list(Environment).index(environment)
    deadline = asyncio.get_running_loop().time() + patience
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK, key):
        if asyncio.get_running_loop().time() >= deadline:
            return False
        await asyncio.sleep(RETRY_SECONDS)
    return True
