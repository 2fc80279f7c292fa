"""The replica for reads, which may go without costing one."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from fondasi.kit.db.driver import Circuit

log = structlog.get_logger(__name__)

REST_SECONDS = 10.0  # before a replica that could not be reached is tried again


class Replica:
    """Whether the replica can be read from, as far as is known.

    Args:
        members: its engine.
        strangers: that for callers who have not signed in.
        circuit: the connections of both.

    Attributes:
        is_away: it could not be reached; reads go to the primary.
    """

    def __init__(self, members: AsyncEngine, strangers: AsyncEngine, circuit: Circuit) -> None:
        self.members = members
        self.strangers = strangers
        self.is_away = False
        self._circuit = circuit
        self._rests_until = 0.0

    def may_be_asked(self) -> bool:
        """Whether to read from it now. While it is away one session tries it, now and then; the others do not wait."""
        if not self.is_away:
            return True
        if monotonic() < self._rests_until:
            return False
        self._rests_until = monotonic() + REST_SECONDS
        return True

    def answered(self) -> None:
        """It could be reached now."""
        if self.is_away:
            log.info("replica_back")
            self.is_away = False

    def failed(self) -> None:
        """It could not be reached now."""
        log.warning("replica_away", reads="primary", again_in=REST_SECONDS)
        self.is_away, self._rests_until = True, monotonic() + REST_SECONDS

    async def close(self) -> None:
        """Close its connections."""
        await self.members.dispose()
        await self.strangers.dispose()
        await self._circuit.close()
