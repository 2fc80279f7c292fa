"""How much each user may ask: tiers, rate limits, and the gate that counts requests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from fondasi.module import Module
from fondasi.platform import Platform
from fondasi.quotas.admin import limits_view, tiers_view
from fondasi.quotas.commands import commands
from fondasi.quotas.gate import Limiter, RateLimitGate
from fondasi.quotas.permissions import PERMISSIONS
from fondasi.quotas.routes import router
from fondasi.quotas.rules import Rules
from fondasi.quotas.service import storage_limit_of
from fondasi.quotas.windows import open_windows, redis_fault
from fondasi.quotas.workers import SeveralWorkersError, alone
from fondasi.settings import Environment

__all__ = ["SeveralWorkersError", "module", "redis_fault", "storage_limit_of"]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def _web_lifespan(platform: Platform) -> AsyncIterator[None]:
    settings = platform.settings
    windows = open_windows(settings.redis)
    rules = Rules(platform.database, settings.quota)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(windows.close)
        if settings.redis.url is None:
            await stack.enter_async_context(alone(platform))
        await stack.enter_async_context(rules.kept_fresh())
        if (fault := await windows.fault()) is not None:
            log.warning("requests_not_counted", advice=fault)
        platform.provide(Limiter(windows, rules, tell=settings.environment is Environment.LOCAL))
        yield


module = Module(
    name="tiers",
    routers=[router],
    permissions=PERMISSIONS,
    admin_views=[tiers_view, limits_view],
    commands=commands,
    gates=[RateLimitGate()],
    web_lifespan=_web_lifespan,
    tags={
        "tiers": "Tiers of users, and how many requests they may send.",
    },
    vocabulary={
        "storage_limit": "Bytes that the files of one user may have together; null: what `FILE_QUOTA` says."
    },
)
