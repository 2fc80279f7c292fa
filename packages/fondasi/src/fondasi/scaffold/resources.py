"""A new resource: a room of an application with a table, routes, permissions and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.kit.db import Base
from fondasi.runtime import importable_modules
from fondasi.scaffold.applications import Application, Table, with_room
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.fields import Field, fields_of
from fondasi.scaffold.imports import fit, tidy
from fondasi.scaffold.names import Name, name_of
from fondasi.scaffold.rendering import render
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

SCOPES = ("tenant", "owner", "public")
# Classes that the templates import.
_CLASSES = """\
Amount Any Annotated Base Conflict Day Decimal Editor Entity Field Integer Literal Mapped Member Module Moment
NotFound Order Page Permission Platform Principal Reader Role Room Router Select Sequence Session
"""
TAKEN = frozenset(_CLASSES.split())
ALONE = len("    __table_args__ = (")
BODY, BYTES_A_CHARACTER = 60_000, 6  # of a JSON body that needs no leave, and of an escaped character


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
    fields = fields_of(wish.specs, lambda target, field: _target(application, tables, target, field, wish))
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


def _target(
    application: Application, tables: dict[str, Table], target: str, field: Name, wish: Wish
) -> Table:
    """The table that a reference leads to."""
    owner, _, model = target.rpartition(".")
    found = tables.get(model) if owner in {"", application.package} else None
    if found is None or not found.scope:
        known = ", ".join(
            f"ref({application.package}.{name})" for name, table in tables.items() if table.scope
        )
        raise ScaffoldError(
            f"There is no {target or 'model'} that {field.snake} could refer to. There are: {known or 'none'}."
        )
    if found.scope not in {wish.scope, "public"}:
        raise ScaffoldError(
            f"A row of scope {wish.scope} cannot refer to a {found.model}, whose scope is {found.scope}: "
            "it would tell of rows that its readers may not see."
        )
    return found


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
    leader = {"tenant": "tenant_id", "owner": "owner_id", "public": ""}[wish.scope]
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
        "table_args": _table_args(name, fields, leader, wish),
        "constraints": _constraints(name, fields, leader, wish),
        "indexes": _indexes(name, fields, leader, wish),
        "example": _example("EXAMPLE", fields, 0),
        "other": _example("OTHER", fields, 1),
        "fit": fit,
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


def _keys(name: Name, fields: Sequence[Field], leader: str) -> list[tuple[str, list[str]]]:
    """Unique keys: name and columns."""
    found = [("", ["owner_id", "id"])] if leader != "tenant_id" else []
    for item in fields:
        if item.unique:
            columns = [leader, item.name.snake] if leader else [item.name.snake]
            found.append((f"uq_{name.snake}_{'_'.join(columns)}", columns))
    return found


def _table_args(name: Name, fields: Sequence[Field], leader: str, wish: Wish) -> str:
    """The value of `__table_args__`; empty when there is none."""
    parts = []
    for label, columns in _keys(name, fields, leader):
        listed = [f'"{column}"' for column in columns]
        if label and wish.soft_delete:
            where = 'postgresql_where=text("deleted_at IS NULL")'
            parts.append(("Index(", [f'"{label}"', *listed, "unique=True", where]))
        else:
            parts.append(("UniqueConstraint(", [*listed, f'name="{label}"'] if label else listed))
    for item in fields:
        column = item.name.snake
        if item.check:
            parts.append(("CheckConstraint(", [f'"{item.check}"', f'name="{column}"']))
        if item.target is not None:
            parts.append(("ForeignKeyConstraint(", _reference(item, leader)))
            parts.append(("Index(", [f'"ix_{name.snake}_{column}"', *_led(item, leader)]))
    if not parts:
        return ""
    if len(parts) == 1 and "\n" not in (one := fit(parts[0][0], parts[0][1], "),)", ALONE)):
        return f"({one.strip()}"
    return "(\n" + "".join(f"{fit(head, items, '),', 8)}\n" for head, items in parts) + "    )"


def _led(item: Field, leader: str) -> list[str]:
    """The columns of a reference, quoted: led by whose the row is, where the other row is of the same scope."""
    assert item.target is not None
    both = leader and item.target.scope != "public"
    return [f'"{leader}"', f'"{item.name.snake}"'] if both else [f'"{item.name.snake}"']


def _reference(item: Field, leader: str) -> list[str]:
    """The arguments of a foreign key."""
    assert item.target is not None
    columns = _led(item, leader)
    there = [f'"{item.target.name}.{leader}"'] if len(columns) > 1 else []
    there.append(f'"{item.target.name}.id"')
    end = f"SET NULL ({item.name.snake})" if item.nullable else "CASCADE"
    return [f"[{', '.join(columns)}]", f"[{', '.join(there)}]", f'ondelete="{end}"']


def _constraints(name: Name, fields: Sequence[Field], leader: str, wish: Wish) -> list[str]:
    """Lines of `create_table`."""
    found = []
    for label, columns in _keys(name, fields, leader):
        listed = [f'"{column}"' for column in columns]
        if not (label and wish.soft_delete):
            found.append(("sa.UniqueConstraint(", [*listed, f'name=op.f("{label}")'] if label else listed))
    for item in fields:
        if item.check:
            found.append(("sa.CheckConstraint(", [f'"{item.check}"', f'name="{item.name.snake}"']))
        if item.target is not None:
            found.append(("sa.ForeignKeyConstraint(", _reference(item, leader)))
    return [fit(head, items, "),", 8) for head, items in found]


def _indexes(name: Name, fields: Sequence[Field], leader: str, wish: Wish) -> list[str]:
    """Lines behind `create_table`."""
    found = []
    for label, columns in _keys(name, fields, leader):
        if label and wish.soft_delete:
            listed = ", ".join(f'"{column}"' for column in columns)
            where = 'postgresql_where=sa.text("deleted_at IS NULL")'
            found.append([f'op.f("{label}")', f'"{name.snake}"', f"[{listed}]", "unique=True", where])
    for item in fields:
        if item.target is not None:
            label = f'op.f("ix_{name.snake}_{item.name.snake}")'
            found.append([label, f'"{name.snake}"', f"[{', '.join(_led(item, leader))}]"])
    return [fit("op.create_index(", parts, ")", 4) for parts in found]
