"""A field for a resource that is there: its model, its schemas, and a revision that old code can live with."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.constraints import LEADERS, Part, model_parts, revision_parts
from fondasi.scaffold.fields import fields_of
from fondasi.scaffold.imports import fit, tidy, used_names
from fondasi.scaffold.names import Name
from fondasi.scaffold.pages import with_page_field
from fondasi.scaffold.record import note_field, read_record
from fondasi.scaffold.rendering import TEMPLATES, render
from fondasi.scaffold.resources import resource_files, target_of
from fondasi.scaffold.wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.scaffold.applications import Application, Table
    from fondasi.scaffold.fields import Field

ROOM = TEMPLATES / "resource" / "{{ app.folder }}" / "{{ plural.snake }}"
IMPORT = re.compile(r"^(?:from .*|import .*)$", re.MULTILINE)


def table_of(application: Application, text: str) -> Table:
    """The table of a resource, by its name or its room's.

    Raises:
        ScaffoldError: there is none; names those that are there.
    """
    tables = list(application.tables())
    for table in tables:
        if text in {table.name, table.room}:
            return table
    known = ", ".join(table.name for table in tables) or "none"
    raise ScaffoldError(f"There is no resource {text} in {application.name}. There are: {known}.")


def new_field(application: Application, resource: str, spec: str) -> tuple[Changes, list[str]]:
    """The changes that add a field, and what is left to do by hand, a sentence each.

    Raises:
        ScaffoldError: there is no such resource, the field cannot be added, or a file is unusual.
    """
    table = table_of(application, resource)
    tables = {item.model: item for item in application.tables() if item.name != table.name}
    (field,) = fields_of(
        [spec],
        table.scope,
        lambda target, name: target_of(application, tables, target, name, scope=table.scope),
    )
    folder = f"{application.folder}/{table.room}"
    changes = Changes(application.root)
    models, schemas = application.text(f"{folder}/models.py"), application.text(f"{folder}/schemas.py")
    line = f"    {field.mapped}\n"
    if line in models:
        return changes, []
    if re.search(rf"^    {field.name.snake}\b", models, re.MULTILINE):
        raise ScaffoldError(f"{table.model} has another {field.name.snake} already: choose another name.")
    default = _default(field)
    soft = "deleted_at" in application.text(f"{folder}/repository.py")
    leader = LEADERS[table.scope]
    parts = model_parts(Name(table.name), [field], leader, soft_delete=soft)
    changes.edited[f"{folder}/models.py"] = _with_column(
        application, f"{folder}/models.py", models, table=table, line=line, parts=parts
    )
    changes.edited[f"{folder}/schemas.py"] = _with_schema(
        application, f"{folder}/schemas.py", schemas, table=table, field=field, default=default
    )
    page = f"{folder}/pages.py"
    there = application.text(page) if (application.root / page).is_file() else ""
    shown = with_page_field(there, field)
    if shown is not None:
        changes.edited[page] = shown
    notes = [f"Extend EXAMPLE and OTHER in tests/test_{table.room}.py with {field.name.snake}."]
    if there and shown is None:
        notes.append(f"Add {field.name.snake} to form and labels in {page}, where people are to write it.")
    if field.target and table.scope == "tenant":
        notes.append("Its matrix of two tenants fails until `ids` has an example of it: that is on purpose.")
    if field.file:
        notes.append(f"No route leads to its content yet: docs/scaffold.md has one for {folder}/routes.py.")
    if table.scope != "tenant":
        path = f"{folder}/personal_data.py"
        text = application.text(path)
        end = f"    {table.model}.created_at,\n"
        if end in text:
            changes.edited[path] = text.replace(end, f"    {table.model}.{field.name.snake},\n{end}", 1)
        else:
            notes.append(f"Add {field.name.snake} to the export in {path}.")
    if field.kind.sql in {"sa.Text()", "postgresql.JSONB()"} and not field.values:
        notes.append(f"A body has 64 KiB at most: see whether body_size in {folder}/routes.py is enough.")
    number, before = application.revisions()
    files = render(
        "field",
        application.root,
        app=application,
        table=table,
        field=field,
        fit=fit,
        number=f"{number + 1:04d}",
        before=before,
        constraints=revision_parts(Name(table.name), field, leader, soft_delete=soft),
    )
    changes.new = {path: tidy(text, application.package) for path, text in files.items()}
    _note(application, changes, table, spec)
    changes.settle()
    return changes, notes


def _note(application: Application, changes: Changes, table: Table, spec: str) -> None:
    """Note that the resource has one more field, if it was noted and can still be made."""
    if (asked := wish_of(application, table.name)) is None:
        return
    more = replace(asked, specs=[*asked.specs, spec])
    with suppress(ScaffoldError):
        note_field(
            changes, asked, resource_files(application, asked), more, resource_files(application, more)
        )


def wish_of(application: Application, name: str) -> Wish | None:
    """What a resource was asked to be; None for one that nobody noted."""
    entry = read_record(application.root)["resources"].get(name)
    if entry is None:
        return None
    asked = {key: value for key, value in entry.items() if key not in {"files", "fondasi"}}
    return Wish(name=name, **asked)


def _default(field: Field) -> str:
    """What the schema says where nothing is sent; empty for a field that may be empty anyway."""
    if field.nullable:
        return ""
    if not field.kind.default or field.unique or field.target:
        raise ScaffoldError(
            f"Rows that exist have no {field.name.snake}, and old clients send none: let it be empty, "
            f"'{field.name.snake}:...?'. Close it in a revision of yours when all rows have one."
        )
    kind = field.kind.taken
    if kind.startswith("dict"):
        return "default_factory=dict"
    known = {"Integer": "0", "Amount": "Decimal(0)", "Flag": "False"}
    return known.get(kind, f'"{field.kind.default}"')


def _with_column(
    application: Application, path: str, text: str, *, table: Table, line: str, parts: Sequence[Part]
) -> str:
    node = _class(application, path, text, table.model)
    lines = text.splitlines(keepends=True)
    columns = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    name = next(item for item in node.body if isinstance(item, ast.Assign))  # __tablename__
    place = (columns[-1] if columns else node.body[-1]).end_lineno
    assert place is not None
    assert name.end_lineno is not None
    lines.insert(place, line)
    arguments = next(
        (
            item
            for item in node.body
            if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "__table_args__"
        ),
        None,
    )
    new = [f"{fit(head, items, '),', 8)}\n" for head, items in parts]
    if parts and arguments is not None:
        if not isinstance(arguments.value, ast.Tuple):
            raise _unusual(application, path, f"__table_args__ with {new[0].strip()}")
        assert arguments.end_lineno is not None
        there = [ast.get_source_segment(text, item) for item in arguments.value.elts]
        block = "".join(f"        {item},\n" for item in there) + "".join(new)
        lines[arguments.lineno - 1 : arguments.end_lineno] = [f"    __table_args__ = (\n{block}    )\n"]
    elif len(parts) == 1 and "\n" not in new[0].strip() and len(new[0]) < 85:  # noqa: PLR2004 - of 110, less its name
        lines.insert(name.end_lineno, f"    __table_args__ = ({new[0].strip()})\n")
    elif parts:
        lines.insert(name.end_lineno, f"    __table_args__ = (\n{''.join(new)}    )\n")
    return _with_imports(application, path, text, "".join(lines), "models.py")


def _with_schema(
    application: Application, path: str, text: str, *, table: Table, field: Field, default: str
) -> str:
    head, arguments = field.taken
    taken = fit(head, [default, *arguments] if default else arguments, ")", 4)
    given = fit(*field.given, ")", 4)
    result = text
    for name, line in ((f"{table.model}Write", taken), (f"{table.model}Read", given)):
        node = _class(application, path, result, name)
        columns = [item for item in node.body if isinstance(item, ast.AnnAssign)]
        if not columns:
            raise _unusual(application, path, line.strip())
        after = [item for item in columns if ast.unparse(item.target) not in {"created_at", "updated_at"}][-1]
        lines = result.splitlines(keepends=True)
        assert after.end_lineno is not None
        lines.insert(after.end_lineno, f"{line}\n")
        result = "".join(lines)
    return _with_imports(application, path, text, result, "schemas.py")


def _with_imports(application: Application, path: str, before: str, after: str, furniture: str) -> str:
    """The text with what the new lines need imported, by the imports of the template."""
    if tidy(before, application.package) != before:
        raise _unusual(application, path, "its imports sorted, without comments between them")
    template = (ROOM / f"{furniture}.jinja").read_text(encoding="utf-8")
    imports = [node for node in ast.parse(before).body if isinstance(node, ast.Import | ast.ImportFrom)]
    known = used_names(after) - {alias.name for node in imports for alias in node.names}
    wanted = []
    for line in [*IMPORT.findall(template), "from decimal import Decimal"]:
        module, _, names = line.partition(" import ")
        if new := [name for name in names.split(", ") if name in known]:
            wanted.append(f"{module} import {', '.join(new)}\n")
    first = ast.parse(after).body[1]
    lines = after.splitlines(keepends=True)
    lines[first.lineno - 1 : first.lineno - 1] = wanted
    return tidy("".join(lines), application.package)


def _class(application: Application, path: str, text: str, name: str) -> ast.ClassDef:
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    raise _unusual(application, path, f"class {name}")


def _unusual(application: Application, path: str, wanted: str) -> ScaffoldError:
    return ScaffoldError(
        f"{application.root / path} is not of the usual form. Nothing was written; it should have `{wanted}`."
    )
