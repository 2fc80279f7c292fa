"""The admin panel: tables of all modules at `/admin`, behind our own sessions, permissions and audit trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.admin.forms import words_of
from fondasi.admin.panel import Panel
from fondasi.admin.permissions import PERMISSIONS
from fondasi.admin.routes import admin_router
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = ["admin_router", "module", "words_of"]


@asynccontextmanager
async def _web_lifespan(platform: Platform) -> AsyncIterator[None]:
    panel = Panel(platform)
    platform.provide(panel)
    platform.provide(panel.tokens)
    yield


module = Module(name="admin", permissions=PERMISSIONS, web_lifespan=_web_lifespan)
