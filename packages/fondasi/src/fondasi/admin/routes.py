"""The routes of the panel. Every page of every view is a route of its own, so that each says what it asks for."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, create_model
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from fondasi.access import login_like, public
from fondasi.activity import record_refusal
from fondasi.admin import entrance
from fondasi.admin.guards import (
    from_allowed_address,
    from_own_site,
    inside,
    inside_with,
    platform_of,
    with_form_token,
)
from fondasi.admin.panel import SEE_OTHER, Panel
from fondasi.admin_views import AdminView, AdminWrite
from fondasi.kit.http import NotFound, Problem, Route, Router, body_size
from fondasi.kit.http.handlers import invalid_input
from fondasi.kit.i18n import t

LOGIN = "/admin/login"
STATICS = Path(__file__).parent / "statics"
KEPT = "public, max-age=3600"  # how long browsers keep style sheets and scripts
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send `Origin: null` with a form
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
FORM_SIZE = body_size(512 * 1024)  # a text of some 50,000 characters, each escaped
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PanelRoute(Route):
    """A route that answers people: a refusal is a page, and whoever is not signed in is shown where to do that."""

    def get_route_handler(self) -> Handler:
        """The strict handler, behind pages for what goes wrong."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handler(request)
            except RequestValidationError as error:
                response = await _refused(request, invalid_input(error.errors()))
            except HTTPException as error:
                response = await _refused(request, error)
            response.headers.update(HEADERS)
            return response

        return answer


async def _current_panel(request: Request) -> Panel:
    return platform_of(request).get(Panel)


CurrentPanel = Annotated[Panel, Depends(_current_panel)]


def admin_router(views: Sequence[AdminView]) -> Router:
    """The routes of the panel."""
    router = Router(
        prefix="/admin",
        tags=["admin"],
        include_in_schema=False,
        route_class=PanelRoute,
        dependencies=[from_allowed_address, from_own_site],
    )
    _add_entrance(router)
    for view in views:
        _add_reading(router, view)
        _add_forms(router, view)
        _add_changes(router, view)
    _add_nothing(router)
    return router


def _add_entrance(router: Router) -> None:
    statics = StaticFiles(directory=STATICS, packages=["sqladmin"])  # finds the package, does not load it

    @router.get("/statics/{path:path}", operation_id="admin_statics", dependencies=[public])
    async def read_static(path: str, request: Request) -> Response:
        response = await statics.get_response(path, request.scope)
        response.headers["Cache-Control"] = KEPT
        return response

    @router.get("/login", operation_id="admin_login_form", dependencies=[public])
    async def show_login(request: Request, panel: CurrentPanel) -> Response:
        return await entrance.show_login(request, panel)

    @router.post("/login", operation_id="admin_login", dependencies=[public, login_like])
    async def sign_in(request: Request, panel: CurrentPanel) -> Response:
        return await entrance.sign_in(request, panel)

    @router.post("/second-factor", operation_id="admin_second_factor", dependencies=[public, login_like])
    async def prove(request: Request, panel: CurrentPanel) -> Response:
        return await entrance.prove(request, panel)

    @router.post("/logout", operation_id="admin_logout", dependencies=[inside, with_form_token])
    async def sign_out(request: Request, panel: CurrentPanel) -> Response:
        return await entrance.sign_out(request, panel)

    @router.get("", operation_id="admin_index", dependencies=[inside])
    async def show_index(request: Request, panel: CurrentPanel) -> Response:
        return await panel.index(request)


def _add_reading(router: Router, view: AdminView) -> None:
    query = _query_of(view)
    may_see = [inside, inside_with(view.permission)]

    @router.get(f"/{view.path}/list", operation_id=_name("list", view), dependencies=may_see)
    async def show_list(request: Request, panel: CurrentPanel, _: Annotated[query, Query()]) -> Response:  # type: ignore[valid-type]
        return await panel.list(request, view)

    @router.get(f"/{view.path}/details/{{key}}", operation_id=_name("details", view), dependencies=may_see)
    async def show_record(key: str, request: Request, panel: CurrentPanel) -> Response:
        return await panel.details(request, view, key)

    @router.get(f"/{view.path}/export/{{kind}}", operation_id=_name("export", view), dependencies=may_see)
    async def export(
        kind: Literal["csv", "json"],
        request: Request,
        panel: CurrentPanel,
        _: Annotated[query, Query()],  # type: ignore[valid-type]
    ) -> Response:
        return await panel.export(request, view, kind)


def _add_forms(router: Router, view: AdminView) -> None:
    query = _query_of(view)
    if view.create is not None:
        asked = [inside, inside_with(view.permission), inside_with(view.create.permission)]

        @router.get(f"/{view.path}/create", operation_id=_name("create_form", view), dependencies=asked)
        async def show_new(request: Request, panel: CurrentPanel) -> Response:
            return await panel.create_form(request, view)

        @router.post(
            f"/{view.path}/create",
            operation_id=_name("create", view),
            dependencies=[*asked, with_form_token, FORM_SIZE],
        )
        async def create(request: Request, panel: CurrentPanel) -> Response:
            return await panel.create(request, view)

    if view.edit is not None:
        asked = [inside, inside_with(view.permission), inside_with(view.edit.permission)]

        @router.get(f"/{view.path}/edit/{{key}}", operation_id=_name("edit_form", view), dependencies=asked)
        async def show_edit(
            key: str,
            request: Request,
            panel: CurrentPanel,
            _: Annotated[query, Query()],  # type: ignore[valid-type]
        ) -> Response:
            return await panel.edit_form(request, view, key)

        @router.post(
            f"/{view.path}/edit/{{key}}",
            operation_id=_name("edit", view),
            dependencies=[*asked, with_form_token, FORM_SIZE],
        )
        async def edit(key: str, request: Request, panel: CurrentPanel) -> Response:
            return await panel.edit(request, view, key)


def _add_changes(router: Router, view: AdminView) -> None:
    if view.delete is not None:
        asked = [inside, inside_with(view.permission), inside_with(view.delete.permission), with_form_token]

        @router.delete(f"/{view.path}/delete", operation_id=_name("delete", view), dependencies=asked)
        async def delete(request: Request, panel: CurrentPanel, pks: str) -> Response:
            return await panel.delete(request, view, pks)

    for name, action in view.actions.items():
        _add_action(router, view, name, action)


def _add_action(router: Router, view: AdminView, name: str, action: AdminWrite) -> None:
    asked = [inside, inside_with(view.permission), inside_with(action.permission), with_form_token]

    @router.post(f"/{view.path}/{name}/{{key}}", operation_id=_name(name, view), dependencies=asked)
    async def act(key: str, request: Request, panel: CurrentPanel) -> Response:
        return await panel.act(request, view, name, key)


def _add_nothing(router: Router) -> None:
    """What is at no other address of the panel: a page that leads back."""

    @router.get("/{path:path}", operation_id="admin_nothing", dependencies=[inside])
    async def show_nothing(path: str, request: Request, panel: CurrentPanel) -> Response:
        if not path:  # `/admin/`, which fits here before the table takes the slash away
            return await panel.index(request)
        if path.endswith("/"):
            return RedirectResponse(f"/admin/{path}".rstrip("/"))
        raise NotFound(t("There is nothing at this address."))


def _name(action: str, view: AdminView) -> str:
    return f"admin_{action}_{view.path}".replace("-", "_")


def _query_of(view: AdminView) -> type[BaseModel]:
    """What a list may be asked for: SQLAdmin's own parameters, and a filter per column that has one."""
    short = Annotated[str | None, Field(max_length=100)]
    names = dict.fromkeys(("page", "pageSize", "sort", "sortBy", "search", *view.filters), (short, None))
    return create_model(f"Query_{view.path}", **names)  # type: ignore[call-overload,no-any-return]


async def _refused(request: Request, error: HTTPException) -> Response:
    """The page for a refusal; the audit trail gets what the API's handler would have told it."""
    behind = await record_refusal(request, error)
    response = await _page_for(request, error)
    response.background = behind
    return response


async def _page_for(request: Request, error: HTTPException) -> Response:
    signed_out = error.status_code == HTTPStatus.UNAUTHORIZED
    if signed_out and request.method == "GET":
        return RedirectResponse(LOGIN, SEE_OTHER)
    text = t(str(error.detail))
    if request.method == "DELETE":  # the page's script shows the text
        return PlainTextResponse(text, error.status_code)
    title = error.title if isinstance(error, Problem) else HTTPStatus(error.status_code).phrase
    panel = platform_of(request).get(Panel)
    context = {
        "title": t(title),
        "message": text,
        "signed_out": signed_out,
        "status_code": error.status_code,
    }
    return await panel.render(request, "error.html", context, error.status_code)
