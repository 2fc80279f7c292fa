"""The routes of the web UI: one for each page, one for all of its parts, and what it asks of the service at first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations
from starlette.responses import JSONResponse, RedirectResponse, Response

from fondasi.access import public, unlimited
from fondasi.kit.http import NotFound, Router, any_query
from fondasi.kit.i18n import current_language, t

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import HTTPConnection

    from fondasi.module import Module
    from fondasi.ui.site import File, Site

PARTS = "/_next/static/"
# What a page shows is in its query, which it reads itself; one page is dozens of files, and asked for by whole offices.
OPEN = [public, unlimited, any_query]


def ui_router(site: Site, modules: Sequence[Module]) -> Router:
    """The routes of a built site.

    Args:
        site: its files.
        modules: what runs here; their links are the examples of the first page.
    """
    router = Router(include_in_schema=False)

    @router.get("/", dependencies=OPEN)
    async def read_first_page(request: Request) -> Response:
        asked = current_language()
        language = asked if asked in site.languages else site.languages[0]
        query = f"?{request.url.query}" if request.url.query else ""
        # 302: the next person may speak another language.
        return RedirectResponse(f"/{language}{query}", 302)

    @router.get("/site.json", dependencies=OPEN)
    async def read_site() -> Response:
        return JSONResponse({"examples": _examples(modules)})

    @router.get(PARTS + "{path:path}", dependencies=OPEN)
    async def read_part(request: Request, path: str) -> Response:
        if (file := site.files.get(PARTS + path)) is None:
            raise NotFound
        return _answer(request, file)

    for address, file in site.files.items():
        if not address.startswith(PARTS) and address not in {"/", "/404"}:
            # Operations have names that differ.
            add = router.get(address, operation_id=f"read_page {address}", dependencies=OPEN)
            add(_page(file))
    return router


def missing_page(site: Site, api_prefix: str) -> Callable[[HTTPConnection], Response | None]:
    """What gives browsers a page where nothing is; programs, and whoever asks the API, get a problem."""

    def answer(connection: HTTPConnection) -> Response | None:
        file = site.files.get("/404")
        wants_page = "text/html" in connection.headers.get("Accept", "")
        path = connection.scope["path"]
        if file is None or not wants_page or path.startswith((f"{api_prefix}/", PARTS)):
            return None
        response = _answer(connection, file)
        response.status_code = 404
        return response

    return answer


def _page(file: File) -> Callable[[Request], Awaitable[Response]]:
    async def read_page(request: Request) -> Response:
        return _answer(request, file)

    return read_page


def _answer(request: HTTPConnection, file: File) -> Response:
    body, encoding = file.in_encoding(request.headers.get("Accept-Encoding", ""))
    headers = {**file.headers, **({"Vary": "Accept-Encoding"} if file.encoded else {})}
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(body, headers=headers)


def _examples(modules: Sequence[Module]) -> list[dict[str, str]]:
    links = (link for module in modules if module.links for link in module.links())
    queries = ((parse_qs(urlsplit(link.path).query).get("query", [""])[0], link) for link in links)
    return [{"query": query, "meaning": t(link.meaning)} for query, link in queries if query]
