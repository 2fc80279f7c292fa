"""The routes of the web UI: one for each page, one for all of its parts, and what it asks of the service at first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations
from starlette.responses import JSONResponse, RedirectResponse, Response

from fondasi.access import current_principal, public, unlimited
from fondasi.kit.http import NotFound, Route, Router, Unauthenticated, any_query
from fondasi.kit.i18n import current_language, t
from fondasi.module import Ui
from fondasi.pages import Pages, described, unnamed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

    from starlette.requests import HTTPConnection
    from starlette.routing import BaseRoute

    from fondasi.module import Link, Module, Permalink
    from fondasi.ui.site import File, Site

PARTS = "/_next/static/"
# What a page shows is in its query, which it reads itself; one page is dozens of files, and asked for by whole offices.
OPEN = [public, unlimited, any_query]


def ui_router(
    site: Site,
    modules: Sequence[Module],
    *,
    name: str,
    indexed: bool = False,
    prefix: str = "",
    operations: Collection[str] = (),
) -> Router:
    """The routes of a built site, without the pages of applications that do not run here.

    Args:
        site: its files.
        modules: what runs here, and what it shows of itself.
        name: of the service.
        indexed: whether search engines may list the pages.
        prefix: of the API.
        operations: of the API, as `operations_of` gives them.
    """
    router = Router(include_in_schema=False)
    running = {None, *(module.name for module in modules)}

    @router.get("/", dependencies=OPEN)
    async def read_first_page(request: Request) -> Response:
        return _led(site, "", f"?{request.url.query}" if request.url.query else "")

    @router.get("/site.json", dependencies=OPEN)
    async def read_site() -> Response:
        return JSONResponse({"name": name, "applications": _applications(modules)})

    router.add_api_route(
        "/pages/{key}.json", _told_pages(modules, prefix, operations), methods=["GET"], dependencies=OPEN
    )

    @router.get(PARTS + "{path:path}", dependencies=OPEN)
    async def read_part(request: Request, path: str) -> Response:
        if (file := site.files.get(PARTS + path)) is None:
            raise NotFound
        return _answer(request, file)

    for address, file in site.files.items():
        if not address.startswith(PARTS) and address not in {"/", "/404"} and file.module in running:
            # Operations have names that differ.
            add = router.get(address, operation_id=f"read_page {address}", dependencies=OPEN)
            add(_page(file, indexed=indexed))
    for link in (link for module in modules if module.ui for link in module.ui.permalinks):
        add = router.get(link.path, operation_id=f"open {link.path}", dependencies=OPEN)
        add(_permalink(site, link))
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


def _told_pages(
    modules: Sequence[Module], prefix: str, operations: Collection[str]
) -> Callable[[Request, str], Awaitable[Response]]:
    """What the pages of a resource are told. Strangers hear of what everybody may see."""
    pages = {item.key: item for module in modules for item in module.pages}
    told = {item.resource for module in modules for item in module.changes}

    @cache  # by language: to find out what schemas say takes long, and it stays the same
    def told_in(language: str, key: str) -> dict[str, Any]:  # noqa: ARG001
        return described(pages[key], prefix=prefix, operations=operations, changes=told)

    async def read_pages(request: Request, key: str) -> Response:
        if (found := pages.get(key)) is None:
            raise NotFound
        private = found.in_tenant or found.view is not None
        if private and await current_principal(request) is None:
            raise Unauthenticated
        return JSONResponse(told_in(current_language(), key))

    return read_pages


def _page(file: File, *, indexed: bool) -> Callable[[Request], Awaitable[Response]]:
    async def read_page(request: Request) -> Response:
        response = _answer(request, file)
        if not indexed:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    return read_page


def _permalink(site: Site, link: Permalink) -> Callable[[Request], Awaitable[Response]]:
    async def open_permalink(request: Request) -> Response:
        asked = request.query_params
        parameters = dict(request.path_params)
        parameters |= {name: asked[short] for short, name in link.parameters.items() if short in asked}
        return _led(site, f"/{link.page}", f"?{urlencode(parameters)}")

    return open_permalink


def _led(site: Site, path: str, query: str) -> Response:
    """To a page in the language of the browser. 302: the next person may speak another one."""
    asked = current_language()
    language = asked if asked in site.languages else site.languages[0]
    return RedirectResponse(f"/{language}{path}{query}", 302)


def _answer(request: HTTPConnection, file: File) -> Response:
    body, encoding = file.in_encoding(request.headers.get("Accept-Encoding", ""))
    headers = {**file.headers, **({"Vary": "Accept-Encoding"} if file.encoded else {})}
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(body, headers=headers)


def operations_of(routes: Iterable[BaseRoute], prefix: str) -> set[str]:
    """Method and path of the API's routes, below its prefix, their parameters unnamed: `GET /posts/{}`."""
    return {
        f"{method} {unnamed(route.path.removeprefix(prefix))}"
        for route in routes
        if isinstance(route, Route) and route.path.startswith(prefix)
        for method in route.methods
    }


def _applications(modules: Sequence[Module]) -> list[dict[str, Any]]:
    return [_application(module) for module in modules if module.ui or module.pages]


def _application(module: Module) -> dict[str, Any]:
    """One with pages and without a `Ui` is called by its name."""
    ui = module.ui or Ui(title=module.name.replace("_", " ").capitalize(), meaning="")
    pages = [_pages(item) for item in module.pages]
    open_to_all = [page for page in pages if not page["tenant"]]
    first = open_to_all[0]["path"] if open_to_all else "/tenants" if pages else ""
    return {
        "name": module.name,
        "title": ui.title,
        "meaning": t(ui.meaning) if ui.meaning else "",
        "path": first if ui.path is None else ui.path,
        "navigation": [*(_link(link) for link in ui.navigation), *open_to_all],
        "inside": [page for page in pages if page["tenant"]],
        "examples": [_link(link) for link in ui.examples()] if ui.examples else [],
    }


def _pages(pages: Pages) -> dict[str, Any]:
    """Where the list of a resource is; inside a tenant, what of its address says which."""
    return {
        "path": f"/rows?of={pages.key}",
        "of": pages.key,
        "title": t(pages.title),
        "meaning": "",
        "tenant": pages.in_tenant,
        "permission": pages.view,
    }


def _link(link: Link) -> dict[str, str]:
    return {"path": link.path, "title": t(link.title), "meaning": t(link.meaning)}
