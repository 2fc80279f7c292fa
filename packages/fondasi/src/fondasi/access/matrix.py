"""The table of routes and seeded groups, and that of routes inside tenants and roles: who may call what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIWebSocketRoute

from fondasi.access.declarations import guards_of, key_scope_of
from fondasi.access.guards import AUTHENTICATED, MEMBER, PUBLIC, SUPERUSER
from fondasi.access.registry import SeededGroup
from fondasi.kit.http import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from fondasi.access.registry import PermissionRegistry

COLUMNS = ("anonymous", *(group.value for group in SeededGroup))
YES, NO = "x", "."
NO_KEYS = "-"


def matrix_of(
    routes: Iterable[Any], registry: PermissionRegistry, roles: Mapping[str, AbstractSet[str]]
) -> str:
    """Lines of aligned columns: method, path, what the route asks for, and a mark for everybody who may call it.

    Between them stands what an API key needs in its scope, or `-` where it may not be used.

    Args:
        routes: the routes as they are mounted.
        registry: what the seeded groups hold by declaration.
        roles: what each role inside a tenant holds.
    """
    found = [route for route in routes if isinstance(route, Route | APIWebSocketRoute)]
    inside = [route for route in found if any(guard.in_tenant for guard in guards_of(route))]
    outside = [route for route in found if route not in inside]
    table = _table(outside, COLUMNS, lambda group, rule: _may(group, rule, registry))
    if not inside:
        return table
    return (
        f"{table}\n{_table(inside, tuple(roles), lambda role, rule: rule == MEMBER or rule in roles[role])}"
    )


def _table(
    routes: Iterable[Route | APIWebSocketRoute], columns: tuple[str, ...], may: Callable[[str, str], bool]
) -> str:
    rows = sorted(
        (route.path, method, *_cells(route, columns, may))
        for route in routes
        for method in (sorted(route.methods) if isinstance(route, Route) else ["WS"])
    )
    table = [("method", "path", "asks for", "of API keys", *columns)]
    table += [(method, path, *cells) for path, method, *cells in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in table)


def _cells(
    route: Route | APIWebSocketRoute, columns: tuple[str, ...], may: Callable[[str, str], bool]
) -> list[str]:
    rules = sorted({guard.rule for guard in guards_of(route)})
    marks = [YES if all(may(column, rule) for rule in rules) else NO for column in columns]
    of_keys = PUBLIC if rules == [PUBLIC] else " and ".join(key_scope_of(route)) or NO_KEYS
    return [" and ".join(rules), of_keys, *marks]


def _may(column: str, rule: str, registry: PermissionRegistry) -> bool:
    if rule == PUBLIC:
        return True
    if column == "anonymous":
        return False
    if rule == SUPERUSER:
        return column == SeededGroup.SUPER_ADMIN
    return rule == AUTHENTICATED or rule in registry.defaults_of(column)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
