"""Python as the formatter would write it: imports that are needed, in order, and calls within the line length."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LINE = 110


def fit(head: str, parts: Sequence[str], tail: str, indent: int = 0) -> str:
    """A call or a signature: on one line, or with its parts on one of their own, or with each on its own.

    Args:
        head: up to the opening bracket; an import has none, and gets one where it is needed.
        parts: what stands between the brackets.
        tail: from the closing bracket on.
        indent: spaces before it.
    """
    space = " " * indent
    joined = ", ".join(parts)
    if len(line := f"{space}{head}{joined}{tail}") <= LINE:
        return line
    if not tail:
        head, tail = f"{head}(", ")"
    elif head.endswith("(") and len(line := f"{space}    {joined}") <= LINE:
        return f"{space}{head}\n{line}\n{space}{tail}"
    listed = "".join(f"{space}    {part},\n" for part in parts)
    return f"{space}{head}\n{listed}{space}{tail}"


def tidy(text: str, package: str) -> str:
    """A module with those of its imports that it needs, sorted as the house does.

    Args:
        text: its imports stand together, each on a line, behind its docstring.
        package: the application's, which is sorted among the platform's.
    """
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if not imports:
        return text
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: imports[0].lineno - 1])
    after = "".join(lines[imports[-1].end_lineno :]).lstrip("\n")
    used = used_names(after)
    sections: list[list[str]] = [[], [], []]
    wanted: dict[str, set[str]] = {}
    for node in imports:
        names = {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            for name in sorted(name for name in names if (alias_of(node, name) or name) in used):
                alias = alias_of(node, name)
                line = f"import {name}" + (f" as {alias}" if alias else "")
                section = sections[_section(name, package)]
                section += [line] if line not in section else []
        elif needed := names & used:
            assert node.module is not None
            wanted.setdefault(node.module, set()).update(needed)
    for module, found in sorted(wanted.items(), key=lambda item: item[0].lower()):
        sections[_section(module, package)].append(fit(f"from {module} import ", _members(found), ""))
    block = "\n\n".join("\n".join(section) for section in sections if section)
    gap = "\n\n\n" if re.match(r"(async )?def |class |@", after) else "\n\n"
    return f"{before}{block}{gap}{after}" if block else f"{before.rstrip()}\n{gap[1:]}{after}"


def used_names(text: str) -> set[str]:
    """The names that a text reads."""
    nodes = ast.walk(ast.parse(text))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def alias_of(node: ast.Import, name: str) -> str | None:
    """What a module is called that is imported under another name."""
    return next((alias.asname for alias in node.names if alias.name == name), None)


def _section(module: str, package: str) -> int:
    top = module.partition(".")[0]
    return 0 if top in sys.stdlib_module_names else 2 if top in {"fondasi", package} else 1


def _members(names: Iterable[str]) -> list[str]:
    """Constants, classes, functions."""
    return sorted(
        names,
        key=lambda name: (
            0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2,
            name.lower(),
        ),
    )
