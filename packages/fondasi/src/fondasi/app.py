"""The composition root of the web side: `create_app` wires modules, middleware and error handlers."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI

from fondasi import __version__
from fondasi.access import PermissionRegistry, check_routes
from fondasi.activity import record_refusal
from fondasi.admin_views import check_views
from fondasi.aliases import ALIASES
from fondasi.checks import advise, module_faults, refuse, start_faults
from fondasi.documentation import documentation_router
from fondasi.idempotency import secret_faults
from fondasi.kit.db.listener import Listener
from fondasi.kit.http.aliases import Aliases
from fondasi.kit.http.handlers import install_handlers
from fondasi.kit.http.middleware import install_middleware
from fondasi.kit.http.routing import Route, mounted
from fondasi.kit.http.standstill import watched
from fondasi.kit.http.table import RouteTable
from fondasi.kit.i18n import add_catalogue
from fondasi.kit.jobs import Worker
from fondasi.kit.live import Hub
from fondasi.kit.sentry import report_start, reporting
from fondasi.kit.telemetry import configure_logging
from fondasi.messages import preview_router
from fondasi.openapi import openapi_document
from fondasi.pages import pages_faults
from fondasi.runtime import all_modules, open_platform, platform_modules
from fondasi.settings import Environment, Settings, StartError, get_settings, refuse_unsafe
from fondasi.tenancy import TenantPermissions
from fondasi.ui import Site, missing_page, operations_of, site_folder, ui_router
from fondasi.vocabulary import VOCABULARY
from fondasi.welcome import welcome_router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from fastapi import APIRouter
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from fondasi.kit.http import Around
    from fondasi.module import Module

log = structlog.get_logger(__name__)


def create_app(settings: Settings | None = None, modules: Sequence[Module] | None = None) -> FastAPI:
    """The ASGI application.

    Args:
        settings: all settings; read from the environment when None.
        modules: what it consists of; the platform's rooms and the installed modules when None.

    Raises:
        UnsafeSettingsError: production with unsafe values.
        UndeclaredRouteError: a route does not say who may call it.
    """
    settings = settings or get_settings()
    refuse_unsafe(settings)
    configure_logging(settings)
    modules = all_modules(settings) if modules is None else modules
    refuse(module_faults(modules))
    permissions = PermissionRegistry(item for module in modules for item in module.permissions)
    inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with reporting(settings), open_platform(settings, modules, create=True) as platform:
            app.state.platform = platform
            refuse(await start_faults(platform.database, modules))
            platform.get(Listener).add(platform.get(Hub))
            worker = Worker(platform, platform.database, platform.jobs, settings.job)
            async with (
                AsyncExitStack() as web,
                platform.get(Listener).running(),
                worker.running() if settings.job.in_process else nullcontext(),
            ):
                for module in modules:
                    if module.web_lifespan is not None:
                        await web.enter_async_context(module.web_lifespan(platform))
                advise(settings)
                log.info("service_started", environment=settings.environment.value, modules=len(modules))
                if settings.environment is Environment.LOCAL:
                    web.enter_context(watched())  # last: what the start does keeps nobody waiting
                yield {"http": settings.http}  # for the server's protocol

    app = FastAPI(
        title=settings.app_name,
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,  # the table serves a path with a slash at its end as it is without
        telemetry={"tracing": False, "metrics": False, "logs": False},  # else asked four times a request
    )
    gates = [gate for module in modules for gate in module.gates]
    declared = [problem for gate in gates for problem in gate.problems()]
    site = Site.read(settings.ui.folder or site_folder()) if settings.ui.enabled else None
    install_handlers(
        app,
        refused=record_refusal,
        missing=missing_page(site, settings.api_prefix) if site is not None else None,
        declared=declared if settings.environment is Environment.LOCAL else None,
    )
    install_middleware(
        app,
        settings.http,
        https=settings.environment is not Environment.LOCAL,
        traced=settings.otel.traces_url is not None,
        language=settings.default_language,
    )
    app.add_middleware(StartErrors)
    for module in modules:
        if module.package:
            add_catalogue(module.package)

    tags = {name: text for module in modules for name, text in module.tags.items()}

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            words = {
                **VOCABULARY,
                **{name: text for module in modules for name, text in module.vocabulary.items()},
            }
            app.openapi_schema = openapi_document(
                table, title=app.title, version=app.version, tags=tags, vocabulary=words
            )
        return app.openapi_schema

    documentation = documentation_router(app.title, document, settings.environment)
    routes = routes_of(modules, settings.api_prefix, admin=settings.admin.enabled)
    welcome = _first_pages(site, settings, modules, routes, permissions.codes | inside.codes)
    preview = preview_router(settings, modules)
    routes += _mounted([router for router in (documentation, welcome, preview) if router is not None])
    check_routes(routes, permissions.codes | inside.codes)
    refuse(secret_faults(routes))
    check_views([view for module in modules for view in module.admin_views], permissions)
    http = [route for route in routes if isinstance(route, Route)]
    aliases = [*ALIASES, *(alias for module in modules for alias in module.aliases)]
    known = Aliases(aliases, http, settings.api_prefix)
    table = RouteTable(http, gates, known, body_limit=settings.http.body_limit)
    app.router.routes += [table, *(route for route in routes if not isinstance(route, Route))]
    app.openapi = document  # type: ignore[method-assign]
    return app


def _first_pages(
    site: Site | None,
    settings: Settings,
    modules: Sequence[Module],
    routes: Sequence[BaseRoute],
    codes: Collection[str],
) -> APIRouter | None:
    """The web UI, where it is built; else the page at `/`, in `local`."""
    operations = operations_of(routes, settings.api_prefix)
    refuse([*pages_faults([item for module in modules for item in module.pages], operations, codes)])
    if site is None:
        return welcome_router(settings, modules, [module.name for module in platform_modules()])
    return ui_router(
        site,
        modules,
        name=settings.app_name,
        indexed=settings.ui.indexed,
        prefix=settings.api_prefix,
        operations=operations,
    )


def create_served_app() -> FastAPI:
    """`create_app()` for a process that does nothing else: why it does not start is sent to Sentry, too."""
    try:
        return create_app()
    except Exception as error:
        report_start(get_settings(), error)
        raise


class StartErrors:
    """Tells the server in a sentence why the app does not start, where Starlette would hand it a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_sentence(message: Message) -> None:
            fault = sys.exception()
            if message["type"] == "lifespan.startup.failed" and isinstance(fault, StartError):
                message["message"] = str(fault)
            await send(message)

        await self.app(scope, receive, send_sentence if scope["type"] == "lifespan" else send)


def routes_of(modules: Sequence[Module], api_prefix: str, *, admin: bool = True) -> list[BaseRoute]:
    """The routes of the modules as the application serves them, and those of the admin panel if it is wanted."""
    around = [item for module in modules for item in module.around]
    routes = _mounted([router for module in modules for router in module.root_routers], around=around)
    if admin and any(module.name == "admin" for module in modules):
        from fondasi.admin import admin_router  # noqa: PLC0415 - a feature, which may be left out

        routes += _mounted([admin_router([view for module in modules for view in module.admin_views])])
    return routes + _mounted([router for module in modules for router in module.routers], api_prefix, around)


def _mounted(
    routers: Sequence[APIRouter], prefix: str = "", around: Sequence[Around] = ()
) -> list[BaseRoute]:
    return [route for router in routers for route in mounted(router, prefix, around)]
