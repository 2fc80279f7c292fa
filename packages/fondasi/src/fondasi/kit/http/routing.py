"""The router of every room: strict about what it accepts.

Beyond FastAPI's own checks it refuses unknown query parameters, NUL characters (PostgreSQL cannot store them),
invalid UTF-8 and absurdly deep JSON, each with a 422 that names the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request

from fondasi.kit.http.problems import FieldError, InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    import json
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from fastapi import params
    from fastapi.dependencies.models import Dependant
    from starlette.responses import Response

ESCAPED_NUL = b"\\u0000"


class StrictRequest(Request):
    """A request whose JSON is read by orjson: fast, valid UTF-8 only, nesting bounded."""

    async def json(self) -> Any:
        """The parsed body.

        Raises:
            InvalidInput: the body is not valid JSON, or a string in it holds a NUL character.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            try:
                self._json = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                raise InvalidInput.of("body", f"not valid JSON: {_reason(error)}", "json_invalid") from None
            if ESCAPED_NUL in body and _contains_nul(self._json):
                raise InvalidInput.of("body", "text must not contain NUL characters", "nul_character")
        return self._json


class Marker:
    """A dependency that only declares something of its route: kept in `Route.markers`, never run."""


class Route(APIRoute):
    """A route that refuses what it does not know."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[params.Depends] | None = None,
        **options: Any,
    ) -> None:
        declared = dependencies or ()
        self.markers = [item.dependency for item in declared if isinstance(item.dependency, Marker)]
        run = [item for item in declared if not isinstance(item.dependency, Marker)]
        super().__init__(path, endpoint, dependencies=run, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the strict checks."""
        handler = super().get_route_handler()
        known = _query_parameters(self)

        async def strict(request: Request) -> Response:
            if request.scope["query_string"]:
                _check_query(request, known)
            if request.path_params and any("\0" in str(value) for value in request.path_params.values()):
                raise InvalidInput.of("path", "must not contain NUL characters", "nul_character")
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


class Router(APIRouter):
    """`APIRouter` with strict routes. Every room makes one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("route_class", Route)
        super().__init__(**options)


def _query_parameters(route: APIRoute) -> frozenset[str]:
    return frozenset(_names(route.dependant))


def _names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (field.alias or name for name, field in model.model_fields.items())
        else:
            yield parameter.alias
    for child in dependant.dependencies:
        yield from _names(child)


def _check_query(request: Request, known: frozenset[str]) -> None:
    try:
        request.scope["query_string"].decode("ascii")
    except UnicodeDecodeError:
        raise InvalidInput.of("query", "must be percent-encoded", "encoding") from None
    errors = []
    for name, value in request.query_params.multi_items():
        if name not in known:
            message = t("unknown parameter; known: {known}", known=", ".join(sorted(known)) or "-")
            errors.append(FieldError(field=f"query.{name[:80]}", message=message, code="unknown_parameter"))
        elif "\0" in value:
            errors.append(
                FieldError(field=f"query.{name}", message="must not contain NUL", code="nul_character")
            )
    if errors:
        raise InvalidInput(f"{errors[0].field}: {errors[0].message}", field_errors=errors)


def _contains_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _contains_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_contains_nul, value))


def _reason(error: json.JSONDecodeError) -> str:
    return f"{error.msg} (character {error.pos})"
