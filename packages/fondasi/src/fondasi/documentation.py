"""The pages that describe the API: open in `local`, for superusers in `staging`, absent in `production`."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import HTMLResponse, JSONResponse, Response

from fondasi.access import public, superuser
from fondasi.kit.http import Router
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

OPENAPI_PATH = "/openapi.json"
GUARDS = {Environment.LOCAL: public, Environment.STAGING: superuser}
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# The pages load their program from a public network for libraries; nothing else may run in them.
POLICY = (
    "default-src 'none'; script-src https://cdn.jsdelivr.net {inline}; "
    "style-src 'unsafe-inline' https://cdn.jsdelivr.net https://fonts.googleapis.com; "
    "font-src https://fonts.gstatic.com; img-src 'self' data: https://fastapi.tiangolo.com https://cdn.redoc.ly; "
    "connect-src 'self'; worker-src blob:; frame-ancestors 'none'"
)


def documentation_router(
    title: str, document: Callable[[], dict[str, Any]], environment: Environment
) -> Router | None:
    """The routes of the documentation, or None where there is none.

    Args:
        title: shown on the pages.
        document: makes the OpenAPI document.
        environment: decides who may read.
    """
    guard = GUARDS.get(environment)
    if guard is None:
        return None
    router = Router(include_in_schema=False, dependencies=[guard])

    @router.get(OPENAPI_PATH)
    async def read_openapi() -> Response:
        return JSONResponse(document())

    @router.get("/docs")
    async def read_docs() -> Response:
        return _page(get_swagger_ui_html(openapi_url=OPENAPI_PATH, title=title))

    @router.get("/redoc")
    async def read_redoc() -> Response:
        return _page(get_redoc_html(openapi_url=OPENAPI_PATH, title=title))

    return router


def _page(page: HTMLResponse) -> HTMLResponse:
    scripts = INLINE_SCRIPT.findall(bytes(page.body).decode())
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    page.headers["Content-Security-Policy"] = POLICY.format(
        inline=" ".join(f"'sha256-{value}'" for value in hashes)
    )
    return page
