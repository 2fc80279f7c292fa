"""What the routes of the panel do: pages, forms, changes and exports."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from fondasi.activity import record_refusal
from fondasi.admin.forms import VERSION_FIELD, fields_of, submitted, with_error
from fondasi.admin.guards import FormTokens
from fondasi.admin.writing import Writer, conditions_of, version_of
from fondasi.kit import clock
from fondasi.kit.http import Forbidden, InvalidInput, NotFound, Problem
from fondasi.kit.http.spreadsheets import CSV, csv_of
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.background import BackgroundTask
    from starlette.requests import Request

    from fondasi.admin.pages import Pages
    from fondasi.admin_views import AdminView, AdminWrite
    from fondasi.platform import Platform

SEE_OTHER = 303


class Panel:
    """The admin panel of a running platform.

    Args:
        platform: database, settings and modules with their views.
    """

    def __init__(self, platform: Platform) -> None:
        secret = platform.settings.secret_key
        if secret is None:
            raise RuntimeError("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
        self.platform = platform
        self.tokens = FormTokens(secret.get_secret_value())
        self.views = [view for module in platform.modules for view in module.admin_views]
        self._pages: Pages | None = None
        self._loading = asyncio.Lock()

    async def pages(self) -> Pages:
        """The pages; the first request of a process loads SQLAdmin, in a thread."""
        async with self._loading:
            if self._pages is None:
                self._pages = await asyncio.to_thread(self._load)
        return self._pages

    def _load(self) -> Pages:
        from fondasi.admin.pages import Pages  # noqa: PLC0415 - costs 0.3 s, which most processes never need

        return Pages(self.platform, self.views, self.tokens.of)

    async def render(
        self, request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200
    ) -> Response:
        """One of our own pages."""
        return await (await self.pages()).render(request, f"sqladmin/{template}", dict(context or {}), status)

    async def remember(self, request: Request, problem: Problem) -> BackgroundTask | None:
        """Tell the audit trail of a refusal that a page answers for; what remains to be done behind that page."""
        return await record_refusal(request, problem)

    async def index(self, request: Request) -> Response:
        """The first page: the tables that whoever looks may see."""
        return await self.render(request, "index.html", {"views": self.views})

    async def list(self, request: Request, view: AdminView) -> Response:
        """The list of a view."""
        return await (await self.pages()).list(request, view)

    async def details(self, request: Request, view: AdminView, key: str) -> Response:
        """A record. Whoever looks at one leaves an entry in the audit trail."""
        answer = await (await self.pages()).details(request, view, key)
        await Writer(self.platform, request, view).tell("view", f"Looked at: {view.name}", record=key)
        return answer

    async def export(self, request: Request, view: AdminView, kind: str) -> Response:
        """The columns of the list, with its search, filters and order, as CSV or JSON."""
        rows = await (await self.pages()).rows(request, view)
        await Writer(self.platform, request, view).tell(
            "export", f"Exported: {view.plural}", rows=len(rows), format=kind, query=request.url.query
        )
        name = f"{view.path}-{clock.now():%Y-%m-%d}.{kind}"
        return Response(
            csv_of(view.columns, ([getattr(row, name) for name in view.columns] for row in rows))
            if kind == "csv"
            else _json(view.columns, rows),
            media_type=CSV if kind == "csv" else "application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def create_form(self, request: Request, view: AdminView) -> Response:
        """The empty form of a new record."""
        return await self._form(request, view, view.create)

    async def create(self, request: Request, view: AdminView) -> Response:
        """Make a record, or show the form again and what is wrong with it."""
        data: dict[str, Any] = {}
        try:
            data = submitted(_schema(view.create), await request.form())
            await Writer(self.platform, request, view).create(data)
        except Problem as problem:
            return await self._form(request, view, view.create, data, problem=problem)
        return _to(view)

    async def edit_form(self, request: Request, view: AdminView, key: str) -> Response:
        """The form of a record."""
        found = await self._read(view, key)
        values = {name: getattr(found, name, None) for name in _schema(view.edit).model_fields}
        return await self._form(request, view, view.edit, values, key=key, version=version_of(found))

    async def edit(self, request: Request, view: AdminView, key: str) -> Response:
        """Change a record, or show the form again and what is wrong with it."""
        form = await request.form()
        version = str(form.get(VERSION_FIELD, ""))
        data: dict[str, Any] = {}
        try:
            data = submitted(_schema(view.edit), form)
            await Writer(self.platform, request, view).edit(key, data, version)
        except NotFound:
            raise
        except Problem as problem:
            return await self._form(request, view, view.edit, data, key=key, version=version, problem=problem)
        return _to(view, key)

    async def delete(self, request: Request, view: AdminView, keys: str) -> Response:
        """Delete records; the answer is where to go on, as the page's script expects."""
        await Writer(self.platform, request, view).delete([key for key in keys.split(",") if key])
        return PlainTextResponse(f"/admin/{view.path}/list")

    async def act(self, request: Request, view: AdminView, name: str, key: str) -> Response:
        """Do an action to a record."""
        await Writer(self.platform, request, view).act(name, key)
        return _to(view, key)

    async def _read(self, view: AdminView, key: str) -> Any:
        async with self.platform.database.read_session(fresh=True) as session:
            found = (await session.scalars(select(view.model).where(*conditions_of(view, key)))).first()
        if found is None:
            raise NotFound(t("There is no such record."))
        return found

    async def _form(
        self,
        request: Request,
        view: AdminView,
        write: AdminWrite | None,
        values: Mapping[str, Any] | None = None,
        *,
        key: str = "",
        version: str = "",
        problem: Problem | None = None,
    ) -> Response:
        if isinstance(problem, Forbidden):
            raise problem
        schema, values = _schema(write), values or {}
        wrong = problem if isinstance(problem, InvalidInput) else None
        context = {
            "view": view,
            "fields": fields_of(schema, values, wrong),
            "version": version,
            "key": key,
            "about": "" if key else t(schema.__doc__ or ""),
            "title": t(view.plural),
            "error": _told(problem, schema.model_fields) if problem else "",
        }
        return await self.render(request, "form.html", context, problem.status_code if problem else 200)


def _schema(write: AdminWrite | None) -> Any:
    if write is None or write.schema is None:
        raise NotFound
    return write.schema


def _to(view: AdminView, key: str = "") -> Response:
    place = f"details/{key}" if key else "list"
    return RedirectResponse(f"/admin/{view.path}/{place}", SEE_OTHER)


def _told(problem: Problem, fields: Mapping[str, Any]) -> str:
    """What the form says above its fields: nothing, when they say it."""
    if isinstance(problem, InvalidInput) and problem.field_errors and not with_error(problem, fields):
        return ""
    return t(str(problem.detail))


def _json(columns: Sequence[str], rows: Sequence[Any]) -> bytes:
    found = [{name: getattr(row, name) for name in columns} for row in rows]
    return orjson.dumps(found, default=str, option=orjson.OPT_UTC_Z)
