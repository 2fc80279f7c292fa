"""A new resource: a room of an application with a table, routes, permissions and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.kit.db import Base
from fondasi.runtime import importable_modules
from fondasi.scaffold.applications import Application, Table, with_room
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.constraints import LEADERS, constraint_lines, index_lines, model_parts, table_args
from fondasi.scaffold.fields import Field, fields_of
from fondasi.scaffold.imports import fit, tidy
from fondasi.scaffold.names import Name, name_of
from fondasi.scaffold.rendering import render
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCOPES = ("tenant", "owner", "public")
# Classes that the templates import.
_CLASSES = """\
Amount Any Annotated Base Changes Condition Conflict Day Decimal Editor Entity Field IfMatch Integer Literal Mapped
Member Module Moment NotFound Order Page Permission Platform Principal Reader Role Room Router Select Sequence Session
Versioned
"""
TAKEN = frozenset(_CLASSES.split())
BODY, BYTES_A_CHARACTER = 60_000, 6  # of a JSON body that needs no leave, and of an escaped character
ORDERED = frozenset({"int", "Decimal", "date", "datetime"})  # columns, by their annotation
LONGEST_SORTED = 500  # characters: a cursor holds what a list is sorted by
ASKED = frozenset(
    {"page", "items_per_page", "cursor", "limit", "total", "format", "sort", "search"}
)  # of every list


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a new resource.

    Attributes:
        name: of one, in the singular.
        plural: of many: also the room's name and the last part of its address.
        specs: fields as typed.
        scope: who may see its rows: members of their tenant, their owner alone, or everybody.
        soft_delete: rows are marked as deleted, and stay.
        job: a job follows each new row.
        admin: the table is in the admin panel.
    """

    name: str
    plural: str
    specs: Sequence[str]
    scope: str
    soft_delete: bool = False
    job: bool = False
    admin: bool = False


def new_resource(application: Application, wish: Wish) -> Changes:
    """The files of a new resource, and the application's module with its room.

    Raises:
        ScaffoldError: a name is taken, a field is no field, or files are in the way.
    """
    if wish.scope not in SCOPES:
        raise ScaffoldError(
            "Say who may see it: --scope tenant (members of the tenant), owner (whoever made it, alone) or public "
            "(everybody; whoever made it changes it)."
        )
    if not wish.plural:
        raise ScaffoldError("Say what many of it are called: --plural NAMES.")
    name, plural = name_of(wish.name, "a resource"), name_of(wish.plural, "many of a resource")
    _refuse(application, name, plural, wish)
    tables = {table.model: table for table in application.tables()}
    fields = fields_of(
        wish.specs, lambda target, field: target_of(application, tables, target, field, scope=wish.scope)
    )
    if not fields:
        raise ScaffoldError(
            f"Name at least one field: fondasi new resource {name.snake} 'title:str(200)' ..."
        )
    folder = application.root / application.folder / "migrations" / "versions"
    newest, before = application.revisions()
    made = sorted(folder.glob(f"[0-9][0-9][0-9][0-9]_{plural.snake}.py"))
    number = int(made[0].name[:4]) if made else newest + 1
    if made:
        before = None if number == 1 else f"{application.package}_{number - 1:04d}"
    files = render(
        "resource",
        application.root,
        **_values(application, name, plural, fields, wish, number=number, before=before),
    )
    changes = Changes(application.root)
    changes.new = {
        path: tidy(text, application.package) if path.endswith(".py") else text
        for path, text in files.items()
    }
    changes.edited = {application.module: with_room(application, plural.snake)}
    changes.settle()
    return changes


def target_of(
    application: Application, tables: Mapping[str, Table], target: str, field: Name, *, scope: str
) -> Table:
    """The table that a reference leads to.

    Raises:
        ScaffoldError: there is none, or its rows are hidden from those who see the reference.
    """
    owner, _, model = target.rpartition(".")
    found = tables.get(model) if owner in {"", application.package} else None
    if found is None or not found.scope:
        known = ", ".join(
            f"ref({application.package}.{name})" for name, table in tables.items() if table.scope
        )
        raise ScaffoldError(
            f"There is no {target or 'model'} that {field.snake} could refer to. There are: {known or 'none'}."
        )
    if found.scope not in {scope, "public"}:
        raise ScaffoldError(
            f"A row of scope {scope} cannot refer to a {found.model}, whose scope is {found.scope}: "
            "it would tell of rows that its readers may not see."
        )
    return found


def _refuse(application: Application, name: Name, plural: Name, wish: Wish) -> None:
    """Refuse names that something else has."""
    if name == plural:
        raise ScaffoldError(
            f"One and many are both called {name.snake}: say --plural {name.snake}_list, or the like."
        )
    if name.pascal in TAKEN or plural.snake in {"migrations", "tests"}:
        raise ScaffoldError(
            f"{name.snake} is what the code around it calls something else: try {application.name}_{name.snake}."
        )
    if wish.scope == "tenant" and any(letter.isdigit() for letter in plural.snake):
        raise ScaffoldError(
            f"{plural.snake} has digits, which permissions inside a tenant may not have: leave them out."
        )
    if wish.admin and wish.scope == "tenant":
        raise ScaffoldError(
            "The admin panel sees the rows of no tenant, so --admin goes with --scope owner or public."
        )
    modules, _ = importable_modules(get_settings())
    theirs = [module for module in modules if module.name != application.name]
    tables = set(Base.metadata.tables) - {table.name for table in application.tables()}
    if name.snake in tables:
        raise ScaffoldError(f"There is a table {name.snake} already: try {application.name}_{name.snake}.")
    mine = next((table for table in application.tables() if table.name == name.snake), None)
    if mine is not None and mine.room != plural.snake:
        raise ScaffoldError(f"The room {mine.room} has a table {name.snake} already: choose another name.")
    routes = [
        route.path
        for module in theirs
        for router in module.routers
        for route in router.routes
        if hasattr(route, "path")
    ]
    begin = "/tenants/{tenant_id}" if wish.scope == "tenant" else ""
    if any(f"{path}/".startswith(f"{begin}/{plural.kebab}/") for path in routes):
        raise ScaffoldError(
            f"There are routes at {begin}/{plural.kebab} already: try --plural {application.name}_{plural.snake}."
        )
    codes = {item.code.partition(".")[0] for module in theirs for item in module.permissions}
    codes |= {item.code.partition("_")[2] for module in theirs for item in module.tenant_permissions}
    if plural.snake in codes:
        raise ScaffoldError(
            f"There are permissions of {plural.snake} already: try --plural {application.name}_{plural.snake}."
        )


def _values(
    application: Application,
    name: Name,
    plural: Name,
    fields: Sequence[Field],
    wish: Wish,
    *,
    number: int,
    before: str | None,
) -> dict[str, object]:
    leader, soft = LEADERS[wish.scope], wish.soft_delete
    own = [] if leader == "tenant_id" else [("UniqueConstraint(", ['"owner_id"', '"id"'])]
    parts = [*own, *model_parts(name, fields, leader, soft_delete=soft)]
    characters = sum(item.length for item in fields) + 8_000 * sum(
        item.kind.mapped.startswith("dict") for item in fields
    )
    body = characters * BYTES_A_CHARACTER
    return {
        "app": application,
        "room": f"{application.package}.{plural.snake}",
        "name": name,
        "plural": plural,
        "fields": fields,
        "listing": _listing(fields),
        "tenant": wish.scope == "tenant",
        "owner": wish.scope == "owner",
        "public": wish.scope == "public",
        "soft_delete": wish.soft_delete,
        "job": wish.job,
        "admin": wish.admin,
        "parents": [_parent(application, item) for item in fields if item.target],
        "unique": any(item.unique for item in fields),
        "keys": any(item.unique or item.target for item in fields),
        "body": f"{-(-body // 1024)} * 1024" if body > BODY else "",
        "number": f"{number:04d}",
        "before": before,
        "table_args": table_args(parts),
        "constraints": constraint_lines(name, fields, leader, soft_delete=soft),
        "indexes": index_lines(name, fields, leader, soft_delete=soft),
        "example": _example("EXAMPLE", fields, 0),
        "other": _example("OTHER", fields, 1),
        "fit": fit,
    }


def _listing(fields: Sequence[Field]) -> dict[str, list[str]]:
    """What a list of the resource can be asked for: columns with few values, with an order, and with words."""
    texts = [item for item in fields if item.length]
    ordered = [item.name.snake for item in fields if item.kind.mapped in ORDERED]
    short = [item.name.snake for item in texts if item.length <= LONGEST_SORTED]
    few = [item for item in fields if item.values or item.target or item.kind.mapped in {"bool", "UUID"}]
    return {
        "sortable": ["created_at", "updated_at", *short, *ordered],
        "filters": [item.name.snake for item in few if item.name.snake not in ASKED],
        "ranges": ["created_at", *ordered],
        "search": [item.name.snake for item in texts],
    }


def _parent(application: Application, item: Field) -> dict[str, object]:
    """What a test needs of a table that is referred to: the test module that makes its rows."""
    assert item.target is not None
    module = f"test_{item.target.room}"
    text = application.text(f"tests/{module}.py")
    if "\nasync def make(client, " not in text:
        raise ScaffoldError(
            f"tests/{module}.py has no function `make` as the command writes it, which tests of {item.name.snake} need."
        )
    return {
        "module": module,
        "column": item.name.snake,
        "kebab": Name(item.target.room).kebab,
        "tenant": item.target.scope == "tenant",
        "owner": item.target.scope == "owner",
        "refers": "\nasync def refer(client, " in text,
    }


def _example(constant: str, fields: Sequence[Field], which: int) -> str:
    pairs = [f'"{item.name.snake}": {item.kind.examples[which]}' for item in fields if item.target is None]
    return fit(f"{constant} = {{", pairs, "}")
