"""All routes of the service in one table: found by a dictionary, not by trying one pattern after another.

Starlette tries every route in turn (FastAPI 0.163 twice), about 1 us each: with 150 routes that would be the largest
part of a request. Here a path without parameters is one lookup, and goes before any pattern: `/users/me` is never taken
for `/users/{username}`. Other paths try the patterns that share their literal beginning, the longest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import HTTPException
from starlette._utils import get_route_path
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Match, NoMatchFound

from fondasi.kit.http.aliases import Aliases, unnamed
from fondasi.kit.http.bodies import BODY_LIMIT, bounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from starlette.datastructures import URLPath
    from starlette.types import Receive, Scope, Send

    from fondasi.kit.http.routing import EveryRouteGate, Route

ALLOWED = "fondasi.allowed_methods"
ALIAS = "fondasi.alias"


class RouteTable(BaseRoute):
    """Routes by path and method.

    Args:
        routes: in the order in which patterns with the same literal beginning are tried.
        gates: passed before any route, in this order.
        aliases: looked up for what no route fits.
        body_limit: bytes of a body, for routes that declare no `BodySize`.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        gates: Sequence[EveryRouteGate] = (),
        aliases: Aliases | None = None,
        *,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self.routes = list(routes)
        self.gates = list(gates)
        self.aliases = aliases or Aliases((), ())
        self.body_limit = body_limit
        self._exact: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, list[Route]] = {}
        for route in self.routes:
            if "{" in route.path:
                literal = route.path.partition("{")[0]
                beginning = literal[: literal.rindex("/") + 1]
                self._patterns.setdefault(beginning, []).append(route)
            else:
                for method in route.methods:
                    self._exact.setdefault(route.path, {}).setdefault(method, route)
        self._depth = max((beginning.count("/") for beginning in self._patterns), default=0)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route of a path and method; a partial match when only the method does not fit.

        A path that fits nothing may be an alias, or have a slash too many at its end.
        """
        if scope["type"] != "http":
            return Match.NONE, {}
        path = get_route_path(scope)
        match, child = self._find(path, scope)
        if match is not Match.FULL and len(path) > 1 and path.endswith("/"):
            return self._find(path[:-1], scope)
        return match, child

    def _find(self, path: str, scope: Scope) -> tuple[Match, Scope]:
        method = scope["method"]
        exact = self._exact.get(path, {})
        if route := exact.get(method):
            return Match.FULL, {"route": route, "endpoint": route.endpoint, "path_params": {}}
        allowed, template = set(exact), next(iter(exact.values()), None)
        for route in self._candidates(path):
            if match := route.path_regex.match(path):
                if method in route.methods:
                    return Match.FULL, {
                        "route": route,
                        "endpoint": route.endpoint,
                        "path_params": _converted(route, match.groupdict()),
                    }
                allowed |= route.methods
                template = template or route
        if found := self.aliases.find(method, path):
            alias, texts = found
            return Match.FULL, {**alias.scope(scope, texts), ALIAS: alias}
        allowed.update(self.aliases.methods(path))
        return (Match.PARTIAL, {"route": template, ALLOWED: allowed}) if allowed else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the route that `matches` found.

        Raises:
            HTTPException: 405, naming every method of the path.
            TooLarge: the body is said to be larger than the route takes; one that turns out to be ends there too.
        """
        if ALLOWED in scope:
            methods = scope[ALLOWED] | ({"HEAD"} if "GET" in scope[ALLOWED] else set())
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
        for gate in self.gates:
            await gate(HTTPConnection(scope))
        if scope["method"] != "GET":
            receive = bounded(scope, receive, scope["route"].size.limit or self.body_limit)
        if alias := scope.get(ALIAS):
            receive = alias.receive(scope, receive)
        await scope["route"].app(scope, receive, send)

    def operations_at(self, template: str) -> dict[str, tuple[str, str]]:
        """The operations of a path template, an alias's too, by method: each by its own method and template."""
        found = {method: (operation, path) for method, operation, path in self.aliases.operations(template)}
        for route in self.routes:
            if unnamed(route.path) == unnamed(template):
                found |= {method: (method, route.path) for method in route.methods}
        return found

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """The path of a route by its function's name.

        Raises:
            NoMatchFound: there is none.
        """
        for route in self.routes:
            try:
                return route.url_path_for(name, **path_params)
            except NoMatchFound:
                continue
        raise NoMatchFound(name, path_params)

    def _candidates(self, path: str) -> Iterator[Route]:
        found, end = [], 0
        for _ in range(self._depth):
            if not (end := path.find("/", end) + 1):
                break
            if routes := self._patterns.get(path[:end]):
                found.append(routes)
        for routes in reversed(found):
            yield from routes


def _converted(route: Route, texts: dict[str, str]) -> dict[str, Any]:
    return {name: route.param_convertors[name].convert(text) for name, text in texts.items()}
