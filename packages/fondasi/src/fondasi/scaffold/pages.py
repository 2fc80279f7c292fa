"""One more field in the declaration of a resource's pages."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from fondasi.scaffold.imports import fit

if TYPE_CHECKING:
    from fondasi.scaffold.applications import Table
    from fondasi.scaffold.fields import Field

INDENT = 4


def with_page_field(text: str, field: Field) -> str | None:
    """The text of `pages.py` with a field in the form and its labels; None where it is not of the usual form."""
    name = f'"{field.name.snake}"'
    labels = {f'"{key}"': f'noted("{word}")' for key, word in field.labels.items()}
    changes = [("form", [name], {}), ("labels", [], labels)]
    if field.file:
        changes.append(("files", [name], {}))
    elif field.target:
        changes.append(("references", [], {name: f'"{_path(field.target)}"'}))
    result: str | None = text
    for part, items, pairs in changes:
        result = result and _with(result, part, items, pairs)
    return result


def _path(target: Table) -> str:
    inside = "/tenants/{tenant_id}" if target.scope == "tenant" else ""
    return f"{inside}/{target.room.replace('_', '-')}"


def _with(text: str, part: str, items: list[str], pairs: dict[str, str]) -> str | None:
    """The text with more in a list or a dictionary that `Pages(...)` is given."""
    call = _call(text)
    if call is None:
        return None
    lines = text.splitlines(keepends=True)
    keyword = next((item for item in call.keywords if item.arg == part), None)
    if keyword is None:
        assert call.end_lineno is not None
        lines.insert(call.end_lineno - 1, _written(part, items, pairs))
        return "".join(lines)
    value = keyword.value
    segment = ast.get_source_segment(text, value) or ""
    if not isinstance(value, ast.List | ast.Dict) or "#" in segment:
        return None
    source = [ast.get_source_segment(text, item) or "" for item in getattr(value, "elts", ())]
    known = {}
    if isinstance(value, ast.Dict):
        if None in value.keys:
            return None
        known = {
            ast.get_source_segment(text, key) or "": ast.get_source_segment(text, item) or ""
            for key, item in zip(value.keys, value.values, strict=True)
            if key is not None
        }
    assert value.end_lineno is not None
    if not lines[value.end_lineno - 1].strip().endswith(("],", "},")):
        return None
    new = _written(part, [*source, *items], {**known, **pairs})
    lines[keyword.lineno - 1 : value.end_lineno] = [new]
    return "".join(lines)


def _written(part: str, items: list[str], pairs: dict[str, str]) -> str:
    if items:
        return f"{fit(f'{part}=[', items, '],', INDENT)}\n"
    space = " " * INDENT
    listed = "".join(f"{space * 2}{key}: {word},\n" for key, word in pairs.items())
    return f"{space}{part}={{\n{listed}{space}}},\n"


def _call(text: str) -> ast.Call | None:
    """`Pages(...)`, with its arguments on lines of their own."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    for node in body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if (
            isinstance(value, ast.Call)
            and ast.unparse(value.func) == "Pages"
            and value.end_lineno != value.lineno
        ):
            return value
    return None
