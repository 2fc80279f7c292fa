"""The application that a command works on: found by its `pyproject.toml`, read and edited as a syntax tree."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.scaffold.changes import ScaffoldError
from fondasi.scaffold.imports import fit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = "fondasi.modules"
BASES = {"TenantScoped": "tenant", "Entity": "public"}
NUMBER = re.compile(r"(\d{4})_\w+\.py")


@dataclass(frozen=True, slots=True)
class Table:
    """A model that the application has.

    Attributes:
        model: its class.
        name: of the table.
        scope: `tenant`, `owner` or `public`; empty when it is of none.
        room: the package that it is in.
    """

    model: str
    name: str
    scope: str
    room: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application's folder.

    Attributes:
        root: where its `pyproject.toml` is.
        name: of its module.
        package: its Python package.
        folder: of that package, below `root`.
        module: the file with `module = Module(...)`, below `root`.
    """

    root: Path
    name: str
    package: str
    folder: str
    module: str

    def text(self, name: str) -> str:
        """What a file below the root says.

        Raises:
            ScaffoldError: there is none.
        """
        path = self.root / name
        if not path.is_file():
            raise ScaffoldError(f"{path} is missing.")
        return path.read_text(encoding="utf-8")

    def tables(self) -> Iterator[Table]:
        """The tables of its rooms, read from their models without importing them."""
        for path in sorted((self.root / self.folder).rglob("models.py")):
            for node in parsed(path).body:
                if isinstance(node, ast.ClassDef) and (name := _table_name(node)):
                    base = next(
                        (
                            BASES[base.id]
                            for base in node.bases
                            if isinstance(base, ast.Name) and base.id in BASES
                        ),
                        "",
                    )
                    owned = any(
                        isinstance(item, ast.AnnAssign) and ast.unparse(item.target) == "owner_id"
                        for item in node.body
                    )
                    public = (path.parent / "permissions.py").is_file() and "MODERATE" in (
                        path.parent / "permissions.py"
                    ).read_text()
                    scope = ("public" if public else "owner") if owned else base
                    yield Table(node.name, name, scope, path.parent.name)

    def revisions(self) -> tuple[int, str | None]:
        """The number of the newest revision, 0 for none, and its name."""
        found = {}
        for path in (self.root / self.folder / "migrations" / "versions").glob("*.py"):
            if match := NUMBER.fullmatch(path.name):
                found[int(match[1])] = constant(parsed(path), "revision")
        return (max(found), found[max(found)]) if found else (0, None)


def find_application(start: Path) -> Application:
    """The application whose folder this is, or is in.

    Raises:
        ScaffoldError: there is none, or its files are unusual; says what is expected.
    """
    start = start.absolute()
    for root in (start, *start.parents):
        if (root / "pyproject.toml").is_file():
            return _application(root)
    raise ScaffoldError(
        f"{start} is in no application: go into the folder of one, or make one with `fondasi new app NAME`."
    )


def _application(root: Path) -> Application:
    path = root / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScaffoldError(f"{path} cannot be read: {error}.") from error
    points = project.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise ScaffoldError(
            f'{path} is that of no application: under [project.entry-points."{GROUP}"] it names '
            f"{len(points) or 'no'} module{'s' if len(points) > 1 else ''}, and one is expected. "
            "`fondasi new app NAME` makes one."
        )
    ((name, target),) = points.items()
    dotted = str(target).partition(":")[0]
    package = dotted.partition(".")[0]
    for folder in (f"src/{package}", package):
        if (root / folder / "__init__.py").is_file():
            break
    else:
        raise ScaffoldError(f"{path} names the package {package}, and there is no src/{package}/__init__.py.")
    inside = dotted.split(".")[1:]
    module = f"{folder}/{'/'.join(inside)}.py" if inside else f"{folder}/__init__.py"
    return Application(root, name, package, folder, module)


def with_room(application: Application, room: str) -> str:
    """The application's module file with one more room.

    Raises:
        ScaffoldError: the file is unusual; says what to write by hand.
    """
    text = application.text(application.module)
    rooms, _ = _rooms(application, text, room)
    if room in rooms:
        return text
    return _rewritten(application, text, [*rooms, room], room)


def without_room(application: Application, room: str) -> str:
    """The application's module file without a room.

    Raises:
        ScaffoldError: the file is unusual; says what to remove by hand.
    """
    text = application.text(application.module)
    rooms, _ = _rooms(application, text, room)
    return _rewritten(application, text, [item for item in rooms if item != room], room)


def _rewritten(application: Application, text: str, rooms: list[str], room: str) -> str:
    """The text with these rooms in `Module(rooms=[...])` and imported."""
    before, call = _rooms(application, text, room)
    lines = text.splitlines(keepends=True)
    keyword = next((item for item in call.keywords if item.arg == "rooms"), None)
    listed = "".join(f"        {item}.room,\n" for item in rooms)
    new = [f"    rooms=[\n{listed}    ],\n"] if rooms else []
    if keyword is not None:
        assert keyword.value.end_lineno is not None
        lines[keyword.lineno - 1 : keyword.value.end_lineno] = new
    else:
        assert call.end_lineno is not None
        lines[call.end_lineno - 1 : call.end_lineno - 1] = new
    text = "".join(lines)
    line = f"{fit(f'from {application.package} import ', sorted(rooms), '')}\n" if rooms else ""
    for node in ast.parse(text).body:
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == application.package
            and {a.name for a in node.names} >= set(before)
        ):
            rows = text.splitlines(keepends=True)
            rows[node.lineno - 1 : node.end_lineno] = [line] if line else []
            return "".join(rows)
    return _imported(application, text, line)


def _imported(application: Application, text: str, line: str) -> str:
    """The text with a first import from the application's own package, in alphabetical order."""
    rows = text.splitlines(keepends=True)
    imports = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in {"fondasi", application.package}
    ]
    after = [node for node in imports if (node.module or "") < application.package]
    if after:
        place = after[-1].end_lineno or 0
    elif imports:
        place = imports[0].lineno - 1
    else:
        raise _unusual(application, line.strip())
    rows.insert(place, line)
    return "".join(rows)


def _rooms(application: Application, text: str, room: str) -> tuple[list[str], ast.Call]:
    """The rooms that the module names, and its call."""
    hint = f"from {application.package} import {room}` and `Module(..., rooms=[{room}.room])"
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ScaffoldError(
            f"{application.root / application.module} is no Python: {error.msg}, line {error.lineno}."
        ) from error
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "Module":
            keyword = next((item.value for item in value.keywords if item.arg == "rooms"), None)
            usual = (
                value.end_lineno != value.lineno
                and text.splitlines()[(value.end_lineno or 0) - 1].strip() == ")"
            )
            if keyword is None and usual:
                return [], value
            if usual and isinstance(keyword, ast.List):
                names = [ast.unparse(item) for item in keyword.elts]
                if all(re.fullmatch(r"\w+\.room", name) for name in names):
                    return [name.removesuffix(".room") for name in names], value
    raise _unusual(application, hint)


def _unusual(application: Application, hint: str) -> ScaffoldError:
    return ScaffoldError(
        f"{application.root / application.module} has no `module = Module(` of the usual form, one argument a line and "
        f"`rooms=[...]` a list. Nothing was written; bring it to that form, with `{hint}` as its last part."
    )


def parsed(path: Path) -> ast.Module:
    """A file's syntax tree.

    Raises:
        ScaffoldError: it is no Python.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise ScaffoldError(f"{path} is no Python: {error.msg}, line {error.lineno}.") from error


def _table_name(node: ast.ClassDef) -> str | None:
    for item in node.body:
        if (
            isinstance(item, ast.Assign)
            and ast.unparse(item.targets[0]) == "__tablename__"
            and isinstance(item.value, ast.Constant)
        ):
            return str(item.value.value)
    return None


def constant(tree: ast.Module, name: str) -> str | None:
    """The text that a module assigns to a name."""
    for item in tree.body:
        if (
            isinstance(item, ast.Assign)
            and ast.unparse(item.targets[0]) == name
            and isinstance(item.value, ast.Constant)
        ):
            return str(item.value.value)
    return None
