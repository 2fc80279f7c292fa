"""Other names of operations: a path and method of another system, served by the route that does the same here.

An alias is resolved once, at start. The request goes on as if it had asked for the operation itself: same guard, same
limit, same entry in the audit trail. Only a request that no route fits looks here, so aliases cost others nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from re import sub
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.routing import compile_path

from fondasi.kit.http.requests import check_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from re import Pattern

    from starlette.types import Message, Receive, Scope

    from fondasi.kit.http.routing import Route

JSON = b"application/json"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an operation.

    Attributes:
        call: method and path below `API_PREFIX`, such as `PATCH /user/{username}`.
        operation: method and path of the operation; its parameters are those of the call, in the same order.
        fields: new names for fields of a JSON body, by the old ones.
        defaults: fields of the JSON body that the call may leave out.
        from_query: parameters of the query that are fields of the body.
        query: parameters that the query gets.
    """

    call: str
    operation: str
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    from_query: Sequence[str] = ()
    query: Mapping[str, str] = field(default_factory=dict)


class ResolvedAlias:
    """An alias and the route that it leads to."""

    def __init__(self, alias: Alias, prefix: str, route: Route) -> None:
        self.alias = alias
        self.route = route
        self.called_by, path = alias.call.split(" ")
        self.method = alias.operation.partition(" ")[0]
        self.path = prefix + path
        self.pattern: Pattern[str] = compile_path(self.path)[0]
        self._names = list(route.param_convertors)

    def scope(self, scope: Scope, texts: Iterable[str]) -> Scope:
        """What of a request's scope becomes different."""
        convertors = self.route.param_convertors
        return {
            "route": self.route,
            "endpoint": self.route.endpoint,
            "method": self.method,
            "query_string": self._query(scope["query_string"]) if self.alias.query else scope["query_string"],
            "path_params": {
                name: convertors[name].convert(text) for name, text in zip(self._names, texts, strict=True)
            },
        }

    def receive(self, scope: Scope, receive: Receive) -> Receive:
        """The body with the names that the operation knows. Nothing is read before the route asks for it."""
        alias = self.alias
        if not (alias.fields or alias.defaults or alias.from_query):
            return receive
        given = _taken_from_query(scope, alias.from_query) if alias.from_query else {}
        is_json = any(name == b"content-type" and value.startswith(JSON) for name, value in scope["headers"])
        if alias.from_query and not is_json:
            headers = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
            scope["headers"] = [*headers, (b"content-type", JSON)]
        elif not is_json:
            return receive
        done = False

        async def translated() -> Message:
            nonlocal done
            if done:
                return await receive()
            body = b""
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return message
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            done = True
            return {"type": "http.request", "body": self._translated(body, given), "more_body": False}

        return translated

    def _translated(self, body: bytes, given: Mapping[str, str]) -> bytes:
        try:
            sent = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            return body  # the route says what is wrong with it
        if not isinstance(sent, dict):
            return body
        result = dict(given)
        for name, value in sent.items():
            new = self.alias.fields.get(name, name)
            # Of two fields that mean the same, the second keeps its own name, which the route refuses.
            result[name if new in result or (new != name and new in sent) else new] = value
        try:
            return orjson.dumps({**self.alias.defaults, **result})
        except orjson.JSONEncodeError:  # too deep, as the route says
            return body

    def _query(self, sent: bytes) -> bytes:
        added = urlencode(self.alias.query).encode()
        return sent + b"&" + added if sent else added


class Aliases:
    """The aliases of a service, by method and path.

    Args:
        aliases: those that lead to no route are left out: the module of that route is not there.
        routes: all routes of the service.
        prefix: what the paths of aliases stand below.
    """

    def __init__(self, aliases: Iterable[Alias], routes: Iterable[Route], prefix: str = "") -> None:
        operations = {(method, unnamed(route.path)): route for route in routes for method in route.methods}
        self.resolved: list[ResolvedAlias] = []
        self.unresolved: list[Alias] = []
        for alias in aliases:
            method, path = alias.operation.split(" ")
            route = operations.get((method, unnamed(prefix + path))) or operations.get(
                (method, unnamed(path))
            )
            if route is None:
                self.unresolved.append(alias)
            else:
                self.resolved.append(ResolvedAlias(alias, prefix, route))
        self._by_depth: dict[int, list[ResolvedAlias]] = {}
        for item in self.resolved:
            self._by_depth.setdefault(item.path.count("/"), []).append(item)
        for items in self._by_depth.values():
            items.sort(key=lambda item: "{" in item.path)  # `/user/me` goes before `/user/{username}`

    def find(self, method: str, path: str) -> tuple[ResolvedAlias, tuple[str, ...]] | None:
        """The alias of a path and method, with the texts of its parameters."""
        for item in self._by_depth.get(path.count("/"), ()):
            if item.called_by == method and (match := item.pattern.match(path)):
                return item, match.groups()
        return None

    def methods(self, path: str) -> Iterator[str]:
        """The methods that aliases give a path."""
        for item in self._by_depth.get(path.count("/"), ()):
            if item.pattern.match(path):
                yield item.called_by

    def operations(self, template: str) -> Iterator[tuple[str, str, str]]:
        """What the aliases with that template lead to: method of the call, method and template of the operation."""
        for item in self.resolved:
            if unnamed(item.path) == unnamed(template):
                yield item.called_by, item.method, item.route.path


def unnamed(template: str) -> str:
    """A path template without the names of its parameters."""
    return sub(r"\{[^}]*\}", "{}", template)


def _taken_from_query(scope: Scope, names: Sequence[str]) -> dict[str, str]:
    """The named parameters, which leave the query."""
    raw: bytes = scope["query_string"]
    check_utf8(raw, "query")
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    scope["query_string"] = urlencode([pair for pair in pairs if pair[0] not in names]).encode()
    return {name: value for name, value in pairs if name in names}
