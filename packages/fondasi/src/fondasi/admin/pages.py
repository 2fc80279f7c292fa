"""The pages: SQLAdmin's lists, records, menu and looks, with everything that writes left out.

Imported by the first request of a process (0.3 s, in a thread). SQLAdmin gets neither an engine nor a session of its
own: what it does not do by the functions here fails.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup, escape
from sqladmin import Admin, ModelView
from sqladmin.authorization import Action, AuthorizationBackend
from sqladmin.filters import StaticValuesFilter
from sqladmin.formatters import BASE_FORMATTERS
from sqlalchemy import func, inspect, select
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import load_only
from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.requests import Request

from fondasi.admin.forms import as_text, label_of
from fondasi.admin.writing import conditions_of
from fondasi.kit.i18n import current_language, direction, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import BaseLoader, Environment
    from sqlalchemy import Select
    from starlette.responses import Response

    from fondasi.access import Principal
    from fondasi.admin_views import AdminView
    from fondasi.platform import Platform

TEMPLATES = Path(__file__).parent / "templates"
COUNTED = 10_000  # rows that a list counts and pages through; a search finds the others
SHORT_KEY = 8  # characters
PAGE_SIZES = [10, 25, 50, 100]
# Of SQLAdmin's templates: what is fixed there, and what says it in the language of who looks.
ENGLISH = (
    (
        "sqladmin_original/base.html",
        '<html lang="en">',
        '<html lang="{{ language() }}" dir="{{ direction(language()) }}">',
    ),
    ("sqladmin_original/layout.html", '"Toggle navigation"', """"{{ _('Menu') }}\""""),
    ("sqladmin_original/details.html", "pk.name | title", "_(label_of(pk.name))"),
    ("sqladmin/modals/delete.html", '"Close"', """"{{ _('Close') }}\""""),
    (
        "sqladmin/modals/delete.html",
        'id="modal-delete-text"',
        """id="modal-delete-text" data-said="{{ _('This cannot be undone.') }}\"""",
    ),
)


class Pages:
    """Renders the pages.

    Args:
        platform: database and settings.
        views: what there is to see.
        form_token: the token of a session's forms.
    """

    def __init__(
        self, platform: Platform, views: Sequence[AdminView], form_token: Callable[[Principal], str]
    ) -> None:
        self._shell = Starlette()
        self._admin = Admin(
            self._shell,
            session_maker=async_sessionmaker(),
            title=platform.settings.app_name,
            favicon_url="data:,",
            templates_dir=str(TEMPLATES),
            authorization_backend=_Permissions(views),
        )
        for view in views:
            self._admin.add_view(_model_view(platform, view))
        self._views = {view.path: found for view, found in zip(views, self._admin.views, strict=True)}
        keys: dict[Any, str] = {view.model: view.key for view in views}

        def caller(request: Request) -> Principal | None:
            principal: Principal | None = request.scope["state"].get("principal")
            return principal

        environment = self._admin.templates.env
        environment.install_gettext_callables(_translated, _one_or_many, newstyle=True)  # type: ignore[attr-defined]
        environment.loader = _with_direction(environment)
        environment.globals |= {
            "language": current_language,
            "direction": direction,
            "label_of": label_of,
            "get_object_identifier": lambda row: as_text(getattr(row, keys[type(row)])),
            "caller": caller,
            "form_token": lambda request: form_token(user) if (user := caller(request)) else "",
        }

    async def list(self, request: Request, view: AdminView) -> Response:
        """The list of a view."""
        return await self._admin.list(self._of(request, view))  # type: ignore[no-any-return]

    async def details(self, request: Request, view: AdminView, key: str) -> Response:
        """A record."""
        return await self._admin.details(self._of(request, view, key))  # type: ignore[no-any-return]

    async def rows(self, request: Request, view: AdminView) -> Sequence[Any]:
        """The records of a view in the order and with the filters of the request, as an export holds them."""
        found = self._views[view.path]
        assert isinstance(found, PanelView)
        return await found.rows(self._of(request, view))

    async def render(
        self, request: Request, template: str, context: dict[str, Any], status: int = 200
    ) -> Response:
        """One of our own pages."""
        view = context.get("view")
        more = {"model_view": self._views[view.path]} if view is not None else {}
        of_view = self._of(request, view)
        return await self._admin.templates.TemplateResponse(
            of_view, template, {**context, **more}, status_code=status
        )

    def _of(self, request: Request, view: AdminView | None = None, key: str = "") -> _PageRequest:
        scope = dict(request.scope)
        scope["router"] = self._shell.router
        scope["path_params"] = {"identity": view.path if view else "", "pk": key}
        return _PageRequest(scope, request.receive)


def _with_direction(environment: Environment) -> BaseLoader:
    """SQLAdmin's templates, with what stands in them in English alone in the language of the page."""
    assert environment.loader is not None
    ours: dict[str, str] = {}
    for name, fixed, said in ENGLISH:
        source = ours.get(name) or environment.loader.get_source(environment, name)[0]
        assert fixed in source, f"SQLAdmin has changed {name}: see what stands there for {fixed!r}."
        ours[name] = source.replace(fixed, said)
    return ChoiceLoader([DictLoader(ours), environment.loader])


class _PageRequest(Request):
    """A request for SQLAdmin: all addresses without scheme and host, which a proxy may have changed."""

    @property
    def url(self) -> URL:
        """Path and query."""
        query = self.scope["query_string"].decode("latin-1")
        return URL(self.scope["path"] + (f"?{query}" if query else ""))

    def url_for(self, name: str, /, **path_params: Any) -> URL:
        """Path of a page."""
        return URL(str(self.scope["router"].url_path_for(name, **path_params)))


class _Permissions(AuthorizationBackend):
    """What SQLAdmin offers: what the caller's permissions let them do. The routes ask again."""

    def __init__(self, views: Sequence[AdminView]) -> None:
        self._needed: dict[tuple[str, str], str] = {}
        for view in views:
            for action in (Action.LIST, Action.DETAILS, Action.EXPORT):
                self._needed[view.path, action] = view.permission
            for action, write in (
                (Action.CREATE, view.create),
                (Action.EDIT, view.edit),
                (Action.DELETE, view.delete),
            ):
                if write is not None:
                    self._needed[view.path, action] = write.permission

    def has_permission(self, request: Request, identity: str, action: str, obj: Any | None = None) -> bool:  # noqa: ARG002
        """Whether the caller may."""
        principal: Principal | None = request.scope["state"].get("principal")
        needed = self._needed.get((identity, action))
        return principal is not None and needed is not None and principal.may(needed)


class _Said(str):
    """A name that SQLAdmin keeps for all who look; a page shows it in the language of the one who does."""

    __slots__ = ()

    def __html__(self) -> str:
        return escape(t(str(self)))


class _Choice(StaticValuesFilter):
    """A filter whose choices are said in the language of who looks, the one of all rows included."""

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[..., Any]
    ) -> list[tuple[str, str]]:
        """Value and text of each."""
        (every, text), *others = await super().lookups(request, model, run_query)
        return [(every, _Said(text)), *others]


class PanelView(ModelView):
    """A view whose rows come from a read session of ours, and only with the columns that are shown."""

    platform: Platform
    view: AdminView

    async def _run_query(self, stmt: Any) -> Any:
        async with self.platform.database.read_session(fresh=True) as session:
            return (await session.execute(stmt)).scalars().unique().all()

    async def _run_arbitrary_query(self, stmt: Any) -> Any:
        async with self.platform.database.read_session(fresh=True) as session:
            return (await session.execute(stmt)).all()

    def list_query(self, request: Request) -> Select[Any]:  # noqa: ARG002
        """The rows, with the columns that are shown and no others."""
        return self._only_shown(select(self.model))

    def form_details_query(self, request: Request) -> Select[Any]:
        """A record, likewise."""
        return self._only_shown(self._stmt_by_identifier(request.path_params["pk"]))

    def _stmt_by_identifier(self, identifier: str) -> Select[Any]:
        return select(self.model).where(*conditions_of(self.view, identifier))

    def _only_shown(self, stmt: Select[Any]) -> Select[Any]:
        names = {*self.view.shown, "updated_at"} & set(inspect(self.model).columns.keys())
        return stmt.options(load_only(*(getattr(self.model, name) for name in names), raiseload=True))

    async def count(self, request: Request, stmt: Any = None) -> int:
        """How many rows there are, up to a number that takes no time to count."""
        inner = stmt.get_final_froms()[0].element if stmt is not None else select(self.model)
        some = inner.order_by(None).limit(COUNTED).subquery()
        return await super().count(request, select(func.count()).select_from(some))

    async def rows(self, request: Request) -> Sequence[Any]:
        """The rows of an export."""
        stmt = self.sort_query(self.list_query(request), request)
        for item in self.get_filters():
            if value := request.query_params.get(item.parameter_name):
                stmt = await item.get_filtered_query(stmt, value, self.model)  # type: ignore[call-arg]
        if term := request.query_params.get("search"):
            stmt = self.search_query(stmt, term)
        rows: Sequence[Any] = await self._run_query(stmt.limit(COUNTED))
        return rows

    def search_placeholder(self) -> str:
        """What is searched, in the language of who looks."""
        return ", ".join(t(label_of(name)) for name in self.view.search)

    def _build_url_for(self, name: str, request: Request, obj: Any) -> URL:
        return request.url_for(name, identity=self.identity, pk=as_text(getattr(obj, self.view.key)))

    def _url_for_delete(self, request: Request, obj: Any) -> str:
        url = request.url_for("admin:delete", identity=self.identity)
        return str(url.include_query_params(pks=as_text(getattr(obj, self.view.key))))

    async def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("SQLAdmin draws pages and writes nothing: `Writer` does.")

    insert_model = update_model = delete_model = _refuse


def _model_view(platform: Platform, view: AdminView) -> type[PanelView]:
    options = {
        "platform": platform,
        "view": view,
        "name": _Said(view.name),
        "name_plural": _Said(view.plural),
        "icon": view.icon,
        "column_list": list(view.columns),
        "column_details_list": list(view.details or view.columns),
        "column_searchable_list": list(view.search),
        "column_sortable_list": list(view.columns),
        "column_default_sort": (view.order.removeprefix("-"), view.order.startswith("-")),
        "column_filters": [
            _Choice(
                getattr(view.model, name),
                [(value, _Said(label_of(value))) for value in values],
                title=_Said(label_of(name)),
                parameter_name=name,
            )
            for name, values in view.filters.items()
        ],
        "column_labels": {name: _Said(label_of(name)) for name in view.shown},
        "column_formatters": {name: _link(path, short=True) for name, path in view.links.items()},
        "column_formatters_detail": {
            **{name: _link(path) for name, path in view.links.items()},
            **{name: _shown(show) for name, show in view.shown_as.items()},
        },
        "column_type_formatters": FORMATTERS,
        "column_type_formatters_detail": FORMATTERS,
        "form_columns": [view.key],
        "page_size": PAGE_SIZES[1],
        "page_size_options": PAGE_SIZES,
        "can_create": view.create is not None,
        "can_edit": view.edit is not None,
        "can_delete": view.delete is not None,
        "can_import": False,
    }
    metaclass: Any = type(ModelView)
    found: type[PanelView] = metaclass(view.model.__name__, (PanelView,), options, model=view.model)
    found.identity = view.path
    found.pk_columns = (inspect(view.model).columns[view.key],)
    return found


def _link(path: str | Callable[[Any], str], *, short: bool = False) -> Callable[[Any, str], Any]:
    """A link to another record; in lists its key is shortened, for keys that are made together begin alike."""

    def link(row: Any, name: str) -> Any:
        if not (key := as_text(getattr(row, name))):
            return ""
        text = f"…{key[-SHORT_KEY:]}" if short else key
        place = path if isinstance(path, str) else path(row)
        if not place:
            return text
        return Markup('<a href="/admin/{}/details/{}" title="{}">{}</a>').format(place, key, key, text)

    return link


def _shown(show: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    """What a record's page shows in place of a value."""
    return lambda row, name: _as_json(show(getattr(row, name)))


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


FORMATTERS: dict[type, Callable[[Any], Any]] = {
    **BASE_FORMATTERS,
    NoneType: lambda _: "",
    UUID: str,
    datetime: lambda value: f"{value:%Y-%m-%d %H:%M:%S} UTC",
    date: str,
    dict: _as_json,
    list: _as_json,
}


def _translated(text: str) -> str:
    return t(text)


def _one_or_many(one: str, many: str, number: int) -> str:
    return t(one if number == 1 else many)
