"""Routes whose answers are kept: `cached` on the route, and `client_cache` for what callers may keep."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import structlog
from fastapi import Depends
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.responses import Response

from fondasi.kit.cache.cache import Cache, Found, Kept, Outcome, lookups
from fondasi.kit.cache.marks import Template, marks_of_entry
from fondasi.kit.http.middleware import weak_etag
from fondasi.kit.http.routing import Around, Gate, Route
from fondasi.kit.i18n import current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fastapi.dependencies.models import Dependant
    from starlette.requests import Request

    from fondasi.kit.http.routing import Handler

log = structlog.get_logger(__name__)

CALLER = "caller"
LONGEST_SECONDS = 86_400
OK = 200
CREDENTIALS = frozenset({b"authorization", b"x-session-token", b"x-api-key", b"cookie"})
ASKS = frozenset({b"host"})  # what an answer may depend on beside what its route declares
VARY = (b"vary", b"Authorization, X-Session-Token, X-API-Key, X-Tenant-ID, Cookie")


def cached(
    key: str,
    *,
    seconds: int = 60,
    tags: Sequence[str] = (),
    shared: bool = False,
    client_seconds: int | None = None,
) -> Any:
    """Let the answers of a GET route be kept: `cached("posts:page_{page}")` among its dependencies.

    Its guards are asked for each request, its function only on a miss. Each caller has entries of their own, and each
    tenant always. An answer that is not 200, sets a cookie or is a stream is not kept. `Cache-Status` tells.

    Args:
        key: template of the key by which entries are invalidated; its places are parameters of the route's path and
            query, or `caller`, the id of who is signed in. All parameters tell entries apart, also those it leaves out.
        seconds: to keep an answer, a day at most.
        tags: templates of tags, for the same.
        shared: all callers get the same answer.
        client_seconds: that callers may use their copy without asking; CLIENT_CACHE_MAX_AGE when None.
    """
    return Depends(
        CachedRoute(Template(key), seconds, [Template(tag) for tag in tags], shared, client_seconds)
    )


def client_cache(seconds: int | None = None, *, shared: bool = False) -> Any:
    """Let callers keep the answers of a route, which is not cached here.

    Args:
        seconds: that they may use their copy without asking; CLIENT_CACHE_MAX_AGE when None.
        shared: proxies may keep it for everybody, where nobody has to be signed in.
    """
    return Depends(ClientCache(seconds, shared=shared))


def check_seconds(seconds: int) -> None:
    """Refuse a time that is none, or more than a day.

    Raises:
        ValueError: it is.
    """
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"{seconds} seconds: keep an entry between 1 and {LONGEST_SECONDS}")


class ClientCache(Around):
    """Says in `Cache-Control` what callers may keep."""

    def __init__(self, seconds: int | None, *, shared: bool) -> None:
        self.seconds = seconds
        self.shared = shared

    def around(self, route: Route, handler: Handler) -> Handler:  # noqa: ARG002
        """Add the header to answers that are 200."""

        async def answer(request: Request) -> Response:
            response = await handler(request)
            if response.status_code == OK:
                response.raw_headers += self.headers(request)
            return response

        return answer

    def headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """`Cache-Control`, and `Vary` where the answer is the caller's own."""
        seconds = self.seconds
        if seconds is None:
            seconds = request.app.state.platform.settings.client.cache_max_age
        scope = b"public" if self.shared and request.scope["state"].get("principal") is None else b"private"
        control = scope + (b", max-age=%d" % seconds if seconds else b", no-cache")
        return [(b"cache-control", control), *(() if self.shared else (VARY,))]


class CachedRoute(Around):
    """Answers from the cache, between the gates of a route and its function. See `cached`."""

    def __init__(
        self,
        key: Template,
        seconds: int,
        tags: Sequence[Template],
        shared: bool,
        client_seconds: int | None,
    ) -> None:
        check_seconds(seconds)
        self._key = key
        self._seconds = seconds
        self._tags = tags
        self._shared = shared
        self._client = ClientCache(client_seconds, shared=shared)

    def around(self, route: Route, handler: Handler) -> Handler:
        """The handler behind the cache.

        Raises:
            ValueError: the route is not one that reads, a template names what is no parameter of it, or its answers
                are said to be for everybody while its function takes the caller.
        """
        name = route.path
        if route.methods != {"GET"}:
            raise ValueError(f"{name} does not only read: `cached` is for GET routes")
        if self._shared and (personal := _caller_of(route.dependant)):
            raise ValueError(
                f"{name} is shared, and its function takes the caller ({personal}): one of them is wrong"
            )
        if self._shared and CALLER in self._names():
            raise ValueError(f"{name} is shared, and its key names the caller: one of them is wrong")
        readers = {place: _reader(route, place) for place in self._names()}
        headers = [parameter.alias.lower().encode() for parameter in _header_parameters(route.dependant)]
        told = ASKS.union(headers)

        async def answer(request: Request) -> Response:
            if not self._shared and _is_unknown(request):
                found, response = Found(Outcome.BYPASS), await handler(request)
            else:
                identity = self._identity(request, told)
                cache: Cache = request.app.state.platform.get(Cache)
                if (marks := cache.marks_of(identity)) is None:
                    try:
                        marks = self._marks(request, readers)
                    except ValidationError:  # the function's own check tells what is wrong
                        return await handler(request)
                found, response = await self._fetch(cache, identity, marks, request, handler)
            lookups(name, found.outcome).inc()
            if response.status_code == OK:
                response.raw_headers += [_status(found), *self._client.headers(request)]
            return response

        return answer

    async def _fetch(
        self, cache: Cache, identity: str, marks: Sequence[str], request: Request, handler: Handler
    ) -> tuple[Found, Response]:
        made: list[Response] = []

        async def make() -> Kept | None:
            state = request.scope["state"]
            known = "principal" in state
            state["fresh"] = True  # what a replica does not know yet must not be kept
            made.append(await handler(request))
            if self._shared and ("principal" in state) is not known:
                advice = "leave out `shared`"
                log.warning("cached_answer_not_shared", route=request.scope["route"].path, advice=advice)
                return None
            return _kept(made[0])

        found = await cache.fetch(identity, marks, self._seconds, make)
        if made:
            return found, made[0]
        assert found.kept is not None
        response = Response(found.kept.body)
        response.raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in found.kept.head]
        return found, response

    def _marks(self, request: Request, readers: Mapping[str, Callable[[Request], object]]) -> list[str]:
        values = {place: read(request) for place, read in readers.items()}
        tags = [tag.render(values) for tag in self._tags]
        return marks_of_entry(request.scope["state"].get("tenant_id"), self._key.render(values), tags)

    def _identity(self, request: Request, told: frozenset[bytes]) -> str:
        scope = request.scope
        state = scope["state"]
        asked = [pair for pair in scope["headers"] if pair[0] in told]
        parts = (
            scope["route"].path,
            scope["scheme"],
            scope["path_params"],
            scope["query_string"],
            asked,
            current_language(),
            state.get("tenant_id"),
            None if self._shared else _caller(state),
        )
        return blake2b(repr(parts).encode(), digest_size=24).hexdigest()

    def _names(self) -> Iterator[str]:
        for template in (self._key, *self._tags):
            yield from template.names


def _kept(response: Response) -> Kept | None:
    """What is kept of an answer; None for one that is not to be."""
    names = {name for name, _ in response.raw_headers}
    body = getattr(response, "body", None)
    if (
        response.status_code != OK
        or not isinstance(body, bytes)
        or b"set-cookie" in names
        or response.background
    ):
        return None
    if b"etag" not in names:
        response.raw_headers.append((b"etag", weak_etag(body)))
    return Kept([[name.decode(), value.decode("latin-1")] for name, value in response.raw_headers], body)


def _status(found: Found) -> tuple[bytes, bytes]:
    """`Cache-Status` (RFC 9211)."""
    if found.outcome is Outcome.HIT:
        return b"cache-status", b"fondasi; hit; ttl=%d" % found.seconds
    if found.outcome is Outcome.MISS:
        return b"cache-status", b"fondasi; fwd=miss" + (b"; stored" if found.kept else b"")
    return b"cache-status", b"fondasi; fwd=bypass"


def _is_unknown(request: Request) -> bool:
    """Whether there is a credential, and no guard has looked whose it is."""
    if request.scope["state"].get("principal") is not None:
        return False
    return any(name in CREDENTIALS for name, _ in request.scope["headers"])


def _caller(state: Mapping[str, Any]) -> tuple[object, ...] | None:
    """Who asks, and with what rights: whoever gains or loses one sees no older answer of theirs."""
    principal, member = state.get("principal"), state.get("member")
    if principal is None:
        return None
    account = principal.account
    held = (principal.is_superuser, _digest(principal.permissions), account.get("updated_at"))
    inside = (member.role, _digest(member.permissions)) if member is not None else None
    return principal.user_id.hex, principal.api_key_id, held, inside


@lru_cache(maxsize=4096)
def _digest(permissions: frozenset[str]) -> str:
    return blake2b("\n".join(sorted(permissions)).encode(), digest_size=12).hexdigest()


def _caller_of(dependant: Dependant) -> str | None:
    """The name of a parameter that a guard fills."""
    return next(
        (child.name for child in dependant.dependencies if child.name and isinstance(child.call, Gate)), None
    )


def _header_parameters(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.header_params
    for child in dependant.dependencies:
        yield from _header_parameters(child)


def _reader(route: Route, place: str) -> Callable[[Request], object]:
    """How the value of a place of a template is read from a request, as the route's function would get it.

    Raises:
        ValueError: it is no parameter of the route.
    """
    if place == CALLER:
        return lambda request: request.scope["state"]["principal"].user_id.hex
    for alias, source, adapter, default in _parameters(route.dependant):
        if alias == place:
            if source == "path":
                return lambda request: adapter.validate_python(request.scope["path_params"][place])
            return lambda request: _from_query(request, place, adapter, default)
    raise ValueError(f"the key of {route.path} names {place}, which is no parameter of its path or query")


def _from_query(request: Request, place: str, adapter: TypeAdapter[Any], default: object) -> object:
    if not request.scope["query_string"] or (text := request.query_params.get(place)) is None:
        return default
    return adapter.validate_python(text)


def _parameters(dependant: Dependant) -> Iterator[tuple[str, str, TypeAdapter[Any], object]]:
    for source, parameters in (("path", dependant.path_params), ("query", dependant.query_params)):
        for parameter in parameters:
            info = parameter.field_info
            model = info.annotation
            if isinstance(model, type) and issubclass(model, BaseModel):
                for name, field in model.model_fields.items():
                    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", field.annotation))
                    yield field.alias or name, source, adapter, field.get_default(call_default_factory=True)
            else:
                yield parameter.alias, source, TypeAdapter(cast("Any", info.annotation)), info.get_default()
    for child in dependant.dependencies:
        yield from _parameters(child)
