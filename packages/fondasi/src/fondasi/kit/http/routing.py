"""The router of every room: strict about what it accepts.

Beyond FastAPI's own checks it refuses unknown query parameters, NUL characters (PostgreSQL cannot store them),
invalid UTF-8 and what is over the bounds of `StrictRequest`, each with a 422 that names the place. Every route knows
the parameter `lang` (`fondasi.kit.i18n`), unless it has one of that name itself.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from fastapi.params import Form
from fastapi.routing import APIRoute, APIWebSocketRoute
from pydantic import BaseModel

from fondasi.kit.db.shares import sharer
from fondasi.kit.http.direct import answering, direct_handler
from fondasi.kit.http.problems import MAX_ERRORS, FieldError, InvalidInput, place_of
from fondasi.kit.http.requests import (
    MOST_FIELDS,
    MOST_VALUES,
    SEND_JSON,
    StrictRequest,
    check_utf8,
    is_json,
)
from fondasi.kit.i18n import LANGUAGES, PARAMETER, known_language, t

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from fastapi import params
    from fastapi.dependencies.models import Dependant
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from fondasi.kit.http.problems import Problem

    Handler = Callable[[Request], Coroutine[Any, Any, Response]]

FULL_STOP = re.compile(r"(?<=\w[\w`)])\. (?=[A-Z`])|[:;] ")


class Marker:
    """A dependency that only declares something of its route: kept in `Route.markers`, never run."""


class AnyQuery(Marker):
    """Query parameters that the route does not know are ignored: they come from another service, which may add some."""

    def __call__(self) -> None:
        """Nothing to run."""


any_query: Any = Depends(AnyQuery())


class Around(Marker, ABC):
    """A marker that stands between the gates of its route and its function: it may answer, and sees the answer.

    Those in `Module.around` stand so in every HTTP route of the service, inside what the route itself declares.
    """

    def __call__(self) -> None:
        """Nothing to run."""

    @abstractmethod
    def around(self, route: Route, handler: Handler) -> Handler:
        """The handler with this around it."""

    def problems_at(self, route: Route) -> tuple[type[Problem], ...]:  # noqa: ARG002
        """What it can raise at that route, for the OpenAPI document."""
        return ()

    def document(self, route: Route, operation: dict[str, Any]) -> None:
        """Say in an operation of the OpenAPI document what it adds to it."""


class Repeatable(Marker):
    """To send it again does no harm: it only reads, or fails the second time. `Idempotency-Key` is ignored."""

    def __call__(self) -> None:
        """Nothing to run."""


class SecretAnswer(Marker):
    """What a route answers holds a secret (a token, a key, a code, a link), and is never kept."""

    def __call__(self) -> None:
        """Nothing to run."""


class OpenAnswer(Marker):
    """Fields of a route's answers sound like secrets, and open nothing."""

    def __call__(self) -> None:
        """Nothing to run."""


repeatable: Any = Depends(Repeatable())
secret_answer: Any = Depends(SecretAnswer())
open_answer: Any = Depends(OpenAnswer())


class BodySize(Marker):
    """How much a route takes in a body, where it is not what every route takes.

    Attributes:
        limit: bytes; None for `HTTP_BODY_LIMIT`.
        values: members of objects and lists of a JSON body, all together.
    """

    def __init__(self, limit: int | None = None, values: int = MOST_VALUES) -> None:
        self.limit = limit
        self.values = values

    def __call__(self) -> None:
        """Nothing to run."""


def body_size(limit: int | None = None, *, values: int = MOST_VALUES) -> Any:
    """Declare it: `@router.post(..., dependencies=[body_size(256 * 1024)])`. See `BodySize`."""
    return Depends(BodySize(limit, values))


class Gate(ABC):
    """A dependency that lets a caller pass or raises. It runs before the body is read, so strangers cannot send one.

    FastAPI calls it again for its value: what is costly belongs into `connection.state`.

    Attributes:
        after_guards: it runs once all other gates of the route let the caller pass, wherever it is declared.
    """

    after_guards: bool = False

    @abstractmethod
    async def __call__(self, connection: HTTPConnection) -> Any:
        """Whatever the route wants to know of the caller."""

    def problems(self) -> tuple[type[Problem], ...]:
        """What it can raise, for the OpenAPI document."""
        return ()


class EveryRouteGate(Gate):
    """A gate before every HTTP route of the service, and before the gates of the route itself (`Module.gates`)."""

    @abstractmethod
    async def __call__(self, connection: HTTPConnection) -> None:
        """Let the request pass, or raise."""

    @abstractmethod
    def document(self, route: Route, operation: dict[str, Any]) -> None:
        """Say in an operation of the OpenAPI document what this gate adds to it."""

    def problems_at(self, route: Route) -> tuple[type[Problem], ...]:  # noqa: ARG002
        """What it can raise before that route, for the OpenAPI document."""
        return self.problems()


class Route(APIRoute):
    """A route that refuses what it does not know.

    Its `operation_id`, by which clients and the audit trail name it, is its function's name unless it says another.
    """

    methods: set[str]
    gates: Sequence[Gate] = ()

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[params.Depends] | None = None,
        **options: Any,
    ) -> None:
        options["operation_id"] = options.get("operation_id") or endpoint.__name__
        if options.get("summary") is None:
            options["summary"] = _first_sentence(endpoint.__doc__)
        self.path, self.endpoint = path, endpoint
        self.declared = list(dependencies or ())
        self.options = options
        self.markers = [item.dependency for item in self.declared if isinstance(item.dependency, Marker)]
        self.size = next((item for item in self.markers if isinstance(item, BodySize)), BodySize())
        self._complete = False
        self._handler: Handler | None = None
        self._direct = False
        self._under: dict[tuple[object, ...], Route] = {}
        if any(isinstance(item, Around) for item in self.markers):
            self._make()  # what stands around a function says at once what is wrong with it

    def __getattr__(self, name: str) -> Any:
        """What FastAPI makes of a route, when it is first asked for: of routes that are mounted elsewhere it never is.

        It was a fifth of the CPU of a start.
        """
        if name.startswith("__") or self.__dict__.get("_complete", True):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._make()
        return getattr(self, name)

    def _make(self) -> None:
        self._complete = True
        run = [item for item in self.declared if not isinstance(item.dependency, Marker)]
        try:
            super().__init__(self.path, self.endpoint, dependencies=run, **self.options)
        except Exception as error:
            error.add_note(f"in the route of {self.endpoint.__module__}.{self.endpoint.__qualname__}")
            raise
        self.app = answering(self.get_route_handler(), direct=self._direct)

    def get_route_handler(self) -> Handler:
        """A handler behind the strict checks."""
        if self._handler is None:
            self._handler = self._strict_handler()
        return self._handler

    def _strict_handler(self) -> Handler:
        direct = direct_handler(self, Gate)
        self._direct = direct is not None
        handler = direct or super().get_route_handler()
        for marker in reversed(self.markers):
            if isinstance(marker, Around):
                handler = marker.around(self, handler)
        takes_any = any(isinstance(item, AnyQuery) for item in self.markers)
        known = None if takes_any else frozenset(_query_names(self.dependant))
        found = [call for call in calls_of(self.dependant) if isinstance(call, Gate)]
        gates = self.gates = sorted(found, key=lambda gate: gate.after_guards)
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)

        async def strict(request: StrictRequest) -> Response:
            sharer.set(self.path)
            for gate in gates:
                await gate(request)
            if request.scope["query_string"]:
                _check_query(request, known)
            if request.scope["path_params"]:
                _check_path(request)
            request.most_values = self.size.values
            if takes_json:
                await _check_json(request)
            response = await handler(request)
            request.scope["state"]["status_code"] = response.status_code  # for the audit trail
            return response

        return strict  # type: ignore[return-value]

    def under(self, prefix: str, around: Iterable[Around] = ()) -> Route:
        """The same route below a prefix, with more around its function; made once, however many apps have it."""
        key = (prefix, *(around := tuple(around)))
        if key not in self._under:
            declared = [*self.declared, *(Depends(item) for item in around)]
            self._under[key] = type(self)(
                prefix + self.path, self.endpoint, dependencies=declared, **self.options
            )
        return self._under[key]


class Router(APIRouter):
    """`APIRouter` with strict routes. Every room makes one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("route_class", Route)
        super().__init__(**options)


def mounted(router: APIRouter, prefix: str, around: Sequence[Around] = ()) -> Iterator[BaseRoute]:
    """The routes of a router as they stand below a prefix, with what stands around each of them.

    What is neither HTTP nor WebSocket comes as it is.
    """
    for route in router.routes:
        if isinstance(route, Route):
            yield route.under(prefix, around)
        elif isinstance(route, APIWebSocketRoute):
            yield APIWebSocketRoute(
                prefix + route.path, route.endpoint, name=route.name, dependencies=route.dependencies
            )
        else:
            yield route


def calls_of(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Every function in a tree of dependencies."""
    if dependant.call is not None:
        yield dependant.call
    for child in dependant.dependencies:
        yield from calls_of(child)


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (field.alias or name for name, field in model.model_fields.items())
        else:
            yield parameter.alias
    for child in dependant.dependencies:
        yield from _query_names(child)


async def _check_json(request: StrictRequest) -> None:
    """Refuse a body that does not say that it is JSON; one that is not there is missed by the route."""
    if not is_json(request.content_type()) and await request.body():
        raise InvalidInput.of("header.content-type", SEND_JSON, "content_type")


def _check_query(request: Request, known: frozenset[str] | None) -> None:
    raw: bytes = request.scope["query_string"]
    if raw.count(b"&") >= MOST_FIELDS:
        message = t("send {most} parameters at most", most=MOST_FIELDS)
        raise InvalidInput.of("query", message, "too_many_parameters")
    if b"%" in raw or not raw.isascii():
        check_utf8(raw, "query")
    errors = []
    for name, value in request.query_params.multi_items():
        if name == PARAMETER and (known is None or name not in known):
            if known is not None and known_language(value) is None:
                message = t("must be one of {expected}", expected=", ".join(LANGUAGES))
                errors.append(FieldError(field=place_of("query", name), message=message, code="enum"))
        elif known is not None and name not in known:
            message = t("unknown parameter; known: {known}", known=", ".join(sorted(known)) or "-")
            errors.append(
                FieldError(field=place_of("query", name), message=message, code="unknown_parameter")
            )
        elif "\0" in value:
            message = t("must not contain NUL characters")
            errors.append(FieldError(field=place_of("query", name), message=message, code="nul_character"))
        if len(errors) == MAX_ERRORS:
            break
    if errors:
        raise InvalidInput(f"{errors[0].field}: {errors[0].message}", field_errors=errors)


def _check_path(request: Request) -> None:
    if b"%" in (raw := request.scope.get("raw_path") or b""):
        check_utf8(raw, "path")
    if any("\0" in str(value) for value in request.path_params.values()):
        raise InvalidInput.of("path", "must not contain NUL characters", "nul_character")


def _first_sentence(text: str | None) -> str | None:
    """What a docstring begins with, as a summary: no full stop at its end."""
    paragraph = " ".join((text or "").strip().partition("\n\n")[0].split())
    return FULL_STOP.split(paragraph, maxsplit=1)[0].removesuffix(".") or None
