"""What a feature or an application contributes to the service.

An installed package offers its module through the entry point group `fondasi.modules`; the setting `MODULES` picks
some of them. `create_app` wires what the module lists and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.metadata import entry_points
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager
    from importlib.metadata import EntryPoint
    from uuid import UUID

    import typer
    from fastapi import APIRouter
    from sqlalchemy import Delete, Select, Update

    from fondasi.access.registry import Permission
    from fondasi.admin_views import AdminView
    from fondasi.kit.datasets import Dataset
    from fondasi.kit.events import Event
    from fondasi.kit.http import Around, EveryRouteGate
    from fondasi.kit.http.aliases import Alias
    from fondasi.kit.jobs import Job
    from fondasi.kit.live import Changes
    from fondasi.pages import Pages
    from fondasi.platform import Platform
    from fondasi.settings import Settings
    from fondasi.tenancy.registry import TenantPermission

ENTRY_POINT_GROUP = "fondasi.modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a table keeps about a person: what they get of it in their export, and what becomes of it when they go.

    A service does not start while a table that refers to users has none. No secrets and no hashes are exported.

    Attributes:
        table: its name; also the name of its rows in the export.
        export: selects the rows of a user, the columns named as they shall read them.
        withheld: why nothing is exported, where `export` is None.
        erase: removes or empties the rows of a user whose account is anonymised. Their account still has its contacts.
        kept: why they stay, where `erase` is None.

    Raises:
        ValueError: it says neither what happens nor why nothing does.
    """

    table: str
    export: Callable[[UUID], Select[*tuple[Any, ...]]] | None = None
    withheld: str = ""
    erase: Callable[[UUID], Delete | Update] | None = None
    kept: str = ""

    def __post_init__(self) -> None:
        if (self.export is None) != bool(self.withheld) or (self.erase is None) != bool(self.kept):
            raise ValueError(
                f"PersonalData of {self.table}: give `export` or say in `withheld` why there is none, "
                "and `erase` or in `kept` why the rows stay."
            )


@dataclass(frozen=True, slots=True)
class Link:
    """Something to look at in a browser.

    Attributes:
        path: where it is, query included: below `API_PREFIX` in `Module.links`, after the language in `Module.ui`.
        title: what the link says.
        meaning: a few words about what one sees there.
    """

    path: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Permalink:
    """A stable address of what a page of the web UI shows, whatever the UI is made of and in which language it opens.

    Attributes:
        path: where it is, with the parameters that it names: `/d/{id}`.
        page: the page that it leads to: `decision`.
        parameters: of its query, each with the name that the page knows it by: `{"s": "section"}`.
    """

    path: str
    page: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ui:
    """What an application shows of itself in the web UI; its own pages are in `frontend/app`, in folders of its name.

    Attributes:
        title: what people call it.
        meaning: what it is for, in a line.
        path: its first page, after the language: `""`, `"/search"`; None for the first of `Module.pages`.
        navigation: its pages in the bar above all pages, before those of `Module.pages`.
        examples: what somebody may try at first; asked for when they open the first page.
        permalinks: stable addresses of what its pages show.
    """

    title: str
    meaning: str
    path: str | None = None
    navigation: Sequence[Link] = ()
    examples: Callable[[], Sequence[Link]] | None = None
    permalinks: Sequence[Permalink] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A feature of an application, in a package of its own: what it adds to the application's module.

    Attributes: as those of `Module` that have the same names.
    """

    routers: Sequence[APIRouter] = ()
    permissions: Sequence[Permission] = ()
    tenant_permissions: Sequence[TenantPermission] = ()
    jobs: Sequence[Job] = ()
    events: Sequence[Event] = ()
    admin_views: Sequence[AdminView] = ()
    changes: Sequence[Changes] = ()
    datasets: Sequence[Dataset[Any]] = ()
    personal_data: Sequence[PersonalData] = ()
    pages: Sequence[Pages] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    vocabulary: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the service.

    Attributes:
        name: lower-case name; also the Alembic branch label and the name of its commands.
        routers: mounted under `API_PREFIX`.
        root_routers: mounted at `/` (health, metrics).
        aliases: other paths of its operations, for clients of the systems that it replaces.
        permissions: the permissions that its routes name.
        tenant_permissions: the permissions inside a tenant that its routes name, and from which role on they are held.
        jobs: functions decorated with `fondasi.kit.jobs.job`.
        events: what it says that happened, for webhooks.
        admin_views: its tables in the admin panel.
        commands: a Typer application added to the `fondasi` command under `name`.
        migrations: package with Alembic revisions, for example `"courtsight.migrations"`.
        gates: passed before every HTTP route of the service, not only before those of this module.
        around: stands around the function of every HTTP route of the service.
        lifespan: entered when the platform opens; puts resources there (`platform.provide`).
        web_lifespan: entered after that where the platform serves HTTP, not in workers and commands.
        package: its Python package, when it has message catalogues (`locale/id.po`).
        command_groups: more Typer applications, by the name under which `fondasi` offers them.
        changes: whose changes are told, and to whom (`fondasi.kit.live`).
        datasets: rows that can be exported and imported (`fondasi.kit.datasets`).
        personal_data: for each table that tells of users.
        pages: the web UI's pages of its resources (`fondasi.pages`).
        tags: what its routes are about, by their tag, for the API's documentation.
        vocabulary: what fields and parameters of its API mean that say nothing themselves, by name or by `Model.name`.
        after_migration: called with the owner's address when the database has the newest revisions, for what only the
            owner may write.
        links: things to look at on the page at `/`, in `local`; asked for when somebody opens it.
        ui: its tile, navigation and examples in the web UI.
        demo: fills an empty database for `fondasi demo`; returns things to try, one line each.
        rooms: features whose routers, permissions, jobs and so on are added to those above; empty afterwards.
    """

    name: str
    routers: Sequence[APIRouter] = ()
    root_routers: Sequence[APIRouter] = ()
    aliases: Sequence[Alias] = ()
    permissions: Sequence[Permission] = ()
    tenant_permissions: Sequence[TenantPermission] = ()
    jobs: Sequence[Job] = ()
    events: Sequence[Event] = ()
    admin_views: Sequence[AdminView] = ()
    commands: typer.Typer | None = None
    command_groups: Mapping[str, typer.Typer] = field(default_factory=dict)
    migrations: str | None = None
    gates: Sequence[EveryRouteGate] = ()
    around: Sequence[Around] = ()
    lifespan: Callable[[Platform], AbstractAsyncContextManager[None]] | None = None
    web_lifespan: Callable[[Platform], AbstractAsyncContextManager[None]] | None = None
    package: str | None = None
    changes: Sequence[Changes] = ()
    datasets: Sequence[Dataset[Any]] = ()
    personal_data: Sequence[PersonalData] = ()
    pages: Sequence[Pages] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    after_migration: Callable[[str, Settings], Awaitable[None]] | None = None
    links: Callable[[], Sequence[Link]] | None = None
    ui: Ui | None = None
    demo: Callable[[Platform], Awaitable[list[str]]] | None = None
    rooms: Sequence[Room] = ()

    def __post_init__(self) -> None:
        for room in self.rooms:
            for each in fields(room):
                own, more = getattr(self, each.name), getattr(room, each.name)
                both = {**own, **more} if isinstance(more, Mapping) else [*own, *more]
                object.__setattr__(self, each.name, both)
        object.__setattr__(
            self, "rooms", ()
        )  # they are in it now, and `dataclasses.replace` adds nothing twice


class UnknownModuleError(StartError):
    """`MODULES` names a module that is not installed."""


class ModuleImportError(StartError):
    """A module cannot be imported."""


def left_out(selection: Sequence[str] | None) -> set[str]:
    """The names that a selection leaves out: `-tasks`."""
    return {name[1:] for name in selection or () if name.startswith("-")}


def installed_modules(selection: Sequence[str] | None = None, *, rooms: Collection[str] = ()) -> list[Module]:
    """The modules of installed packages, in the order of their names.

    Args:
        selection: names to keep; all when None, or when it names only what is left out (`-tasks`).
        rooms: of the platform, which may be left out as well.

    Raises:
        UnknownModuleError: a selected module is not installed.
        ModuleImportError: some cannot be imported; says what Python says.
    """
    modules, faults = importable(selection, rooms=rooms)
    if faults:
        raise faults[0] if len(faults) == 1 else ModuleImportError("\n".join(map(str, faults)))
    return modules


def importable(
    selection: Sequence[str] | None = None, *, rooms: Collection[str] = ()
) -> tuple[list[Module], list[StartError]]:
    """The modules as far as they can be imported, and what is wrong with the others."""
    found = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    without = left_out(selection)
    kept = [name for name in selection or () if not name.startswith("-")]
    everything = selection is None or (without and not kept)
    names = [name for name in (sorted(found) if everything else kept) if name not in without]
    modules: list[Module] = []
    faults: list[StartError] = []
    if missing := [name for name in (*names, *sorted(without - set(rooms))) if name not in found]:
        known = ", ".join(sorted(found)) or "none"
        faults.append(
            UnknownModuleError(
                f"MODULES names {', '.join(missing)}, which is not installed. Installed: {known}."
            )
        )
    for name in names:
        try:
            if name in found:
                modules.append(found[name].load())
        except Exception as error:  # noqa: BLE001 - a module runs its own code when it is imported
            faults.append(
                ModuleImportError(
                    f"The module {name} cannot be imported: {_place(error, found[name])}{_last_line(error)}. "
                    "Mend it, or set MODULES to the names of others."
                )
            )
    return modules, faults


def _place(error: Exception, point: EntryPoint) -> str:
    """Where the module's own code went wrong, as `src/reading/service.py, line 54: `; empty where it did not run."""
    package = point.module.partition(".")[0]
    steps = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").partition(".")[0] == package
    ]
    if isinstance(error, SyntaxError) and error.filename:
        steps.append((error.filename, error.lineno or 1))
    if not steps:
        return ""
    path, line = Path(steps[-1][0]), steps[-1][1]
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{shown}, line {line}: "


def _last_line(error: Exception) -> str:
    """What Python prints last, without the full stop."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    said = str(error) if isinstance(error, StartError) else f"{type(error).__name__}: {error}"
    return said.rstrip(".")
