"""The rules that requests are counted by, kept in memory: no request asks the database for them.

Every process reads them again each second, all of them in one statement: a few hundred rows at most, so that a change
acts everywhere within two seconds however it was made (API, admin panel, SQL), with no notification to miss.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from fondasi.quotas import repository

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from fondasi.kit.db import Database
    from fondasi.settings import QuotaSettings

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """How many requests in how many seconds, and what the rule is called in `RateLimit-Policy`."""

    name: str
    limit: int
    period: int

    @property
    def policy(self) -> str:
        """The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10, 3)."""
        return f'"{self.name}";q={self.limit};w={self.period}'


class Rules:
    """What holds for whom.

    Args:
        database: where tiers are.
        settings: the default limits, and the name of the default tier.
    """

    def __init__(self, database: Database, settings: QuotaSettings) -> None:
        self._database = database
        self._default_tier = settings.default_tier
        self._by_tier: dict[UUID | None, dict[tuple[str, str], Rule]] = {}
        self.user = Rule("user", settings.user_limit, settings.period)
        self.address = Rule("address", settings.address_limit, settings.period)
        self.login = Rule("login", settings.login_limit, settings.period)

    def of_tier(self, tier_id: UUID | None, method: str, path: str) -> Rule:
        """The rule for users of a tier on a route; `None` is the default tier."""
        rules = self._by_tier.get(tier_id)
        if rules is None:  # a tier that came a moment ago
            return self.user
        return rules.get((method, path), self.user)

    async def read(self) -> None:
        """Read the rules from the database."""
        async with self._database.read_session(fresh=True) as session:
            rows = await repository.all_rules(session)
        by_tier: dict[UUID | None, dict[tuple[str, str], Rule]] = {}
        for row in rows:
            rules = by_tier.setdefault(row.tier_id, {})
            if row.tier == self._default_tier:
                by_tier[None] = rules
            if row.method is not None:
                rules[row.method, row.path] = Rule(row.tier, row.limit, row.period)
        self._by_tier = by_tier

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Read the rules now, and again every second until the block ends."""
        await self.read()
        task = asyncio.create_task(self._read_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _read_on(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.read()
            except Exception as error:  # noqa: BLE001 - the rules of before hold until the database is back
                if not failing:
                    log.warning("quota_rules_not_read", error=type(error).__name__)
                failing = True
            else:
                failing = False
