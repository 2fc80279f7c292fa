"""The pages that describe the API: open in `local`, for superusers in `staging`, absent in `production`.

Swagger UI and ReDoc come from the package `fastapi-offline`: they work without a network and ask no other server for
anything.
"""

from __future__ import annotations

import asyncio
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from fondasi.access import public, superuser
from fondasi.kit.http import NotFound, Router
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

OPENAPI_PATH, JSON = "/openapi.json", "application/json"
GUARDS = {Environment.LOCAL: public, Environment.STAGING: superuser}
START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "none", displayRequestDuration: true,
  filter: true, persistAuthorization: false, validatorUrl: null,
});
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();
"""
START_REDOC = """const dark = matchMedia("(prefers-color-scheme: dark)");
const [paper, raised, ink, quiet, line] = ["#191816", "#242320", "#e8e5dd", "#a29e94", "#37352f"];
const theme = {
  colors: {
    primary: { main: "#7cc7c2" }, text: { primary: ink, secondary: quiet }, border: { dark: line, light: line },
    success: { main: "#7fc98f" }, error: { main: "#f08a80" },
    responses: {
      success: { color: "#7fc98f", backgroundColor: raised }, error: { color: "#f08a80", backgroundColor: raised },
      redirect: { color: "#e0b860", backgroundColor: raised }, info: { color: "#86b7e8", backgroundColor: raised },
    },
  },
  schema: { nestedBackground: raised, linesColor: quiet, typeNameColor: quiet, typeTitleColor: quiet },
  typography: { code: { color: "#e6a2c0", backgroundColor: raised }, links: { color: "#7cc7c2" } },
  sidebar: { backgroundColor: "#1f1e1b", textColor: ink, activeTextColor: "#7cc7c2" },
  rightPanel: { backgroundColor: "#121110", textColor: ink }, codeBlock: { backgroundColor: "#1f1e1b" },
  fab: { backgroundColor: line, color: ink },
};
Redoc.init("openapi.json", dark.matches ? { theme } : {}, document.getElementById("docs"));
dark.addEventListener("change", () => location.reload());
"""
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%230f5c5c'/%3E"
    "%3Cpath d='M5 13V3h6v2H7v2h3v2H7v4z' fill='%23fff'/%3E%3C/svg%3E"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
{head}
</head>
<body>
{body}
</body>
</html>
"""
SWAGGER_HEAD = """<link rel="stylesheet" href="docs/swagger-ui.css">
<style>
html.dark-mode { color-scheme: dark }
.swagger-ui .markdown :not(pre) > code, .swagger-ui .renderedMarkdown :not(pre) > code { padding: 0 4px }
html.dark-mode .swagger-ui :is(.markdown, .renderedMarkdown) :not(pre) > code { background: #33383b }
</style>"""
SWAGGER = """<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>"""
REDOC_HEAD = """<style>
body { margin: 0 }
@media (prefers-color-scheme: dark) {
  html { background: #191816; color-scheme: dark }
  #docs .react-tabs__tab--selected { background: #37352f }
}
</style>"""
REDOC = """<div id="docs"></div>
<script src="docs/redoc.standalone.js"></script>
<script src="docs/start-redoc.js"></script>"""
# ReDoc asks its makers' server for a logo, and shows none where it does not come.
REDOC_LOGO, NO_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,"
# Both write styles into the page; ReDoc searches in a worker that it makes itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SCRIPTS = {"start.js": START, "start-redoc.js": START_REDOC}
FILES = {"swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js", *SCRIPTS}
A_DAY = "public, max-age=86400"


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
    router = Router(include_in_schema=False)
    written: list[bytes] = []
    writing = asyncio.Lock()

    @router.get(OPENAPI_PATH, dependencies=[guard])
    async def read_openapi() -> Response:
        async with writing:
            if not written:  # takes a second or more, for which everybody would wait
                written.append(await asyncio.to_thread(lambda: bytes(JSONResponse(document()).body)))
        return Response(written[0], media_type=JSON)

    @router.get("/docs", dependencies=[guard])
    async def read_docs() -> Response:
        return _page(title, SWAGGER_HEAD, SWAGGER)

    @router.get("/redoc", dependencies=[guard])
    async def read_redoc() -> Response:
        return _page(title, REDOC_HEAD, REDOC)

    # Public: what everybody can have from the package, and a page has no way to send a token for it.
    @router.get("/docs/{name}", dependencies=[public])
    async def read_docs_file(name: str) -> Response:
        if name not in FILES:
            raise NotFound("There is nothing at this address.")
        return Response(
            await asyncio.to_thread(_content, name),
            media_type="text/css" if name.endswith(".css") else "text/javascript",
            headers={"Cache-Control": A_DAY},
        )

    return router


def _page(title: str, head: str, body: str) -> HTMLResponse:
    html = PAGE.format(title=escape(title), icon=ICON, head=head, body=body)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


@cache
def _content(name: str) -> bytes:
    """What the pages read."""
    if script := SCRIPTS.get(name):
        return script.encode()
    return (_folder() / name).read_bytes().replace(REDOC_LOGO, NO_LOGO)


def _folder() -> Path:
    """Where `fastapi-offline` has its files; the package itself is not imported."""
    found = find_spec("fastapi_offline")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "static"
