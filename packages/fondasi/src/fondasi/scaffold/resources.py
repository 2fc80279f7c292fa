"""A new resource: a room of an application with a table, routes, permissions and tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fondasi.kit.db import Base
from fondasi.runtime import importable_modules
from fondasi.scaffold.applications import Application, Table, with_room
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.constraints import LEADERS, constraint_lines, index_lines, model_parts, table_args
from fondasi.scaffold.fields import Field, fields_of
from fondasi.scaffold.imports import fit, tidy
from fondasi.scaffold.names import Name, name_of
from fondasi.scaffold.record import note_resource
from fondasi.scaffold.rendering import SUFFIX, render, templates_of
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fondasi.scaffold.wishes import Wish

SCOPES = ("tenant", "owner", "public")
IMPORT = re.compile(r"^(?:from \S+ import (?:\([^)]*\)|.*)|import .*)$", re.MULTILINE)
BODY, BYTES_A_CHARACTER = 60_000, 6  # of a JSON body that needs no leave, and of an escaped character
ORDERED = frozenset({"int", "Decimal", "date", "datetime"})  # columns, by their annotation
FOLDER = "there is a folder of that name already"
TAKEN = {
    "migrations": FOLDER,
    "tests": FOLDER,
    "pages": "the code that is written for it uses the name PAGES already",
}
COLUMNS = 3  # of a list, beside its name and when a row was made
LONGEST_SORTED = 500  # characters: a cursor holds what a list is sorted by
ASKED = frozenset(
    {"page", "items_per_page", "cursor", "limit", "total", "format", "sort", "search"}
)  # of every list


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
    fields = _fields(application, wish)
    if not fields:
        raise ScaffoldError(
            f"Name at least one field: fondasi new resource {name.snake} 'title:str(200)' ..."
        )
    changes = Changes(application.root, new=_files(application, wish, fields))
    changes.edited = {application.module: with_room(application, plural.snake)}
    note_resource(changes, wish, changes.new)
    changes.settle()
    return changes


def resource_files(application: Application, wish: Wish) -> dict[str, str]:
    """What the templates make of a resource today, by path.

    Raises:
        ScaffoldError: what it refers to is gone, or a template is broken.
    """
    return _files(application, wish, _fields(application, wish))


def _fields(application: Application, wish: Wish) -> list[Field]:
    tables = {table.model: table for table in application.tables()}
    return fields_of(
        wish.specs,
        wish.scope,
        lambda target, field: target_of(application, tables, target, field, scope=wish.scope),
    )


def _files(application: Application, wish: Wish, fields: Sequence[Field]) -> dict[str, str]:
    name, plural = Name(wish.name), Name(wish.plural)
    newest, before = application.revisions()
    folder = application.root / application.folder / "migrations" / "versions"
    made = sorted(folder.glob(f"[0-9][0-9][0-9][0-9]_{plural.snake}.py"))
    number = int(made[0].name[:4]) if made else newest + 1
    if made:
        before = None if number == 1 else f"{application.package}_{number - 1:04d}"
    values = _values(application, name, plural, fields, wish, number=number, before=before)
    files = render("resource", application.root, **values)
    return {path: _tidied(path, text, application.package) for path, text in files.items()}


def _tidied(path: str, text: str, package: str) -> str:
    if not path.endswith(".py"):
        return text
    try:
        return tidy(text, package)
    except SyntaxError as error:
        raise ScaffoldError(
            f"The template of {path} makes no Python: {error.msg}, line {error.lineno} of what it makes."
        ) from error


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
    if name.pascal in _classes():
        raise ScaffoldError(
            f"A resource cannot be named '{name.snake}': the code that is written for it uses the name {name.pascal} "
            f"already. Try '{application.name}_{name.snake}'."
        )
    if taken := TAKEN.get(plural.snake):
        raise ScaffoldError(
            f"Many of a resource cannot be called '{plural.snake}': {taken}. "
            f"Try --plural {application.name}_{plural.snake}."
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


def _classes() -> set[str]:
    """Classes that the code around a resource has already."""
    texts = (text for path, text in templates_of("resource") if path.endswith(f".py{SUFFIX}"))
    imports = (re.sub(r"{{.*?}}\w*", "", line) for text in texts for line in IMPORT.findall(text))
    return {"Reader", "Editor", *re.findall(r"\b[A-Z][A-Za-z]+\b", "\n".join(imports))}


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
        "shown": shown_fields(fields),
        "tenant": wish.scope == "tenant",
        "owner": wish.scope == "owner",
        "public": wish.scope == "public",
        "soft_delete": wish.soft_delete,
        "job": wish.job,
        "admin": wish.admin,
        "parents": [_parent(application, item) for item in fields if item.target and not item.file],
        "files": [item for item in fields if item.file],
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


def shown_fields(fields: Sequence[Field]) -> dict[str, Any]:
    """What its pages show of a resource: what a row is called by, the columns of the list, and all labels."""
    texts = [item for item in fields if item.length]
    plain = [item for item in fields if not (item.target or item.kind.mapped.startswith("dict"))]
    name = (texts or plain or list(fields))[0]
    short = [item for item in plain if item.length <= LONGEST_SORTED and item is not name]
    return {
        "name": name.name.snake,
        "text": bool(name.length),
        "columns": [*(item.name.snake for item in (name, *short[:COLUMNS])), "created_at"],
        "labels": {key: word for item in fields for key, word in item.labels.items()},
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
