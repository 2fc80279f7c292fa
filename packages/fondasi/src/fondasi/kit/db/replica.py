"""The replica for reads, which may go without costing one."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

REST_SECONDS = 10.0  # before a replica that could not be reached is tried again


class Replica:
    """Whether the replica can be read from, as far as is known.

    Args:
        members: its engine, and that for strangers.
    """

    def __init__(self, members: AsyncEngine, strangers: AsyncEngine) -> None:
        self.members = members
        self.strangers = strangers
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """It could not be reached a moment ago; reads go to the primary."""
        return monotonic() < self._away_until

    def failed(self) -> None:
        """It could not be reached now."""
        log.warning("replica_away", reads="primary", again_in=REST_SECONDS)
        self._away_until = monotonic() + REST_SECONDS

    async def close(self) -> None:
        """Close its connections."""
        await self.members.dispose()
        await self.strangers.dispose()
