"""What an application's code asks of Fondasi and does not get any more: names, arguments, and what is about to go."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import fondasi
from fondasi.scaffold.applications import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fondasi.scaffold.applications import Application

PLATFORM = "fondasi"
GONE = object()
UNKNOWN = object()  # what cannot be imported here, such as an extra that is not installed


@dataclass(frozen=True, slots=True)
class Import:
    """A name that a file has from Fondasi.

    Attributes:
        name: in the file.
        line: where.
        module: that it comes from.
        member: of the module; empty for the module itself.
        found: what it is.
    """

    name: str
    line: int
    module: str
    member: str
    found: object


def call_faults(application: Application) -> Iterator[tuple[str, str]]:
    """Places in the application's code and tests, each with a sentence."""
    for folder in (application.folder, "tests"):
        for path in sorted((application.root / folder).rglob("*.py")):
            for line, sentence in sorted(_faults(path)):
                yield f"{path.relative_to(application.root)}:{line}", sentence


def _faults(path: Path) -> Iterator[tuple[int, str]]:
    tree = parsed(path)
    known = {item.name: item for item in _imports(tree)}
    for item in known.values():
        if item.found is GONE:
            yield item.line, _gone(item.module, item.member)
        elif said := getattr(item.found, "__deprecated__", None):
            yield item.line, f"{item.module}.{item.member} is going to go: {said}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute_faults(node, known)
        elif isinstance(node, ast.Call):
            yield from _argument_faults(node, _object(node.func, known))


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and _ours(node.module):
            for alias in node.names:
                if alias.name != "*":
                    found = _find(str(node.module), alias.name)
                    yield Import(alias.asname or alias.name, node.lineno, str(node.module), alias.name, found)
        elif isinstance(node, ast.Import):
            for alias in filter(lambda alias: _ours(alias.name), node.names):
                found = _find(alias.name, "")
                yield Import(alias.asname or alias.name, node.lineno, alias.name, "", found)


def _ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] == PLATFORM


def _find(module: str, member: str) -> object:
    try:
        found = import_module(module)
        if not member or hasattr(found, member):
            return getattr(found, member) if member else found
        return import_module(f"{module}.{member}")
    except ModuleNotFoundError as error:
        return GONE if _ours(error.name) else UNKNOWN
    except ImportError:
        return UNKNOWN


def _attribute_faults(node: ast.Attribute, known: dict[str, Import]) -> Iterator[tuple[int, str]]:
    """`clock.now`, where `clock` is a module of ours."""
    item = known.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if item is None or not isinstance(item.found, ModuleType):
        return
    found = _find(item.found.__name__, node.attr)
    if found is GONE:
        yield node.lineno, _gone(item.found.__name__, node.attr)
    elif said := getattr(found, "__deprecated__", None):
        yield node.lineno, f"{item.found.__name__}.{node.attr} is going to go: {said}"


def _argument_faults(node: ast.Call, called: Any) -> Iterator[tuple[int, str]]:
    """Arguments by name that what is called does not take."""
    try:
        taken = inspect.signature(called).parameters
    except (TypeError, ValueError):
        return
    if any(item.kind is item.VAR_KEYWORD for item in taken.values()):
        return
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in taken:
            yield (
                node.lineno,
                f"{ast.unparse(node.func)} has no argument {keyword.arg}. It takes: {', '.join(taken)}.",
            )


def _object(node: ast.expr, known: dict[str, Import]) -> object:
    """What of ours an expression names; None for anything else."""
    if isinstance(node, ast.Name):
        return known[node.id].found if node.id in known else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        item = known.get(node.value.id)
        if item is not None and isinstance(item.found, ModuleType | type):
            return getattr(item.found, node.attr, None)
    return None


def _gone(module: str, member: str) -> str:
    if not member:
        return f"There is no {module} any more."
    there = sorted(_elsewhere(member))
    return f"{module} has no {member}." + (f" It is in {there[0]}." if there else "")


def _elsewhere(member: str) -> Iterator[str]:
    """Rooms and tools that offer a name."""
    for info in pkgutil.walk_packages(fondasi.__path__, f"{PLATFORM}.", onerror=lambda _: None):
        if (
            info.ispkg
            and "migrations" not in info.name
            and member in getattr(_find(info.name, ""), "__all__", ())
        ):
            yield info.name
