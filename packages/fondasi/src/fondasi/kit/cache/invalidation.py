"""Invalidation: with the unit of work that changes something, never before it commits, and not when it rolls back.

With Redis the marks are blocked before the commit and dropped after it, so that a process that dies in between leaves
nothing stale. What Redis cannot be told, and without Redis everything, the other processes are told by a notification
of the database, which PostgreSQL sends when the transaction commits.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter
from sqlalchemy import text

from fondasi.kit.cache.marks import EVERYTHING, Template, marks_of_change
from fondasi.kit.db.listener import TROUBLE, Subscriber

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from fondasi.kit.cache.cache import Cache
    from fondasi.kit.db import Session

log = structlog.get_logger(__name__)

CHANNEL = "fondasi_cache"
MARKS = "cache_marks"
LONGEST_PAYLOAD = 7_500  # bytes; PostgreSQL takes 8,000
NOTIFY = "SELECT pg_notify($1, $2)"
INVALIDATED = Counter("fondasi_cache_invalidations_total", "Marks of the cache that a commit dropped.")


def invalidate(session: Session, *keys: str, tags: Sequence[str] = (), **values: object) -> None:
    """Forget entries when the session's unit of work commits: those of its tenant, or those outside tenants.

    Args:
        session: of the unit of work.
        keys: templates of keys, or of patterns, which end with `:*`.
        tags: templates of tags.
        values: for the places of the templates.

    Raises:
        KeyError: a value is missing.
        ValueError: a template is none, or a pattern has a star elsewhere.
    """
    rendered = [[Template(item).render(values) for item in items] for items in (keys, tags)]
    marks = marks_of_change(session.tenant_id, *rendered)
    session.info.setdefault(MARKS, set()).update(marks)


def invalidate_everything(session: Session) -> None:
    """Forget all entries of all tenants when the session's unit of work commits: for what no room can name."""
    session.info.setdefault(MARKS, set()).add(EVERYTHING)


class Invalidations(Subscriber):
    """Carries what units of work invalidate to all processes; where nothing is heard, the cache is not used.

    Args:
        cache: of this process, and of the units of work of its database.
    """

    channel = CHANNEL

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._database = cache.database
        self._drops: set[asyncio.Task[bool]] = set()
        cache.database.around_commit.append(self._around)

    def heard(self, payload: str) -> None:
        """Another process, or this one, changed something."""
        task = asyncio.ensure_future(self._cache.store.drop(payload.split("\n")))
        self._drops.add(task)
        task.add_done_callback(self._drops.discard)

    async def began(self) -> None:
        """Begin anew, for changes may have been missed."""
        await self._cache.store.drop({EVERYTHING})
        self._cache.trusted = True

    def ended(self) -> None:
        """Until changes are heard of again, the cache is not used."""
        self._cache.trusted = False

    async def looked(self) -> None:
        """Tell Redis what it could not be told before."""
        await self._cache.store.drop(())

    @asynccontextmanager
    async def _around(self, session: Session) -> AsyncIterator[None]:
        marks: set[str] | None = session.info.get(MARKS)
        if not marks:
            yield
            return
        blocked = await self._cache.store.block(marks)
        if not blocked:
            await session.execute(text("SELECT pg_notify(:channel, :marks)"), _notification(marks))
        try:
            yield
        finally:  # a commit that failed may have happened all the same
            INVALIDATED.inc(len(marks))
            if not await asyncio.shield(self._cache.store.drop(marks)) and blocked:
                await asyncio.shield(self._tell(marks))

    async def _tell(self, marks: Collection[str]) -> None:
        try:
            await self._database.fetch_row(NOTIFY, *_notification(marks).values())
        except TROUBLE as error:
            log.warning("cache_change_untold", error=type(error).__name__)


def _notification(marks: Collection[str]) -> dict[str, str]:
    payload = "\n".join(marks)
    return {
        "channel": CHANNEL,
        "marks": payload if len(payload.encode()) <= LONGEST_PAYLOAD else EVERYTHING,
    }
