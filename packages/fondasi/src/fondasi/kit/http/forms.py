"""A body that may come as JSON or as an HTML form (OAuth 2 clients send forms)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from fondasi.kit.http.problems import MAX_ERRORS, InvalidInput
from fondasi.kit.http.requests import (
    JSON,
    MULTIPART,
    SEND_JSON,
    URLENCODED,
    StrictRequest,
    looks_like_json,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

M = TypeVar("M", bound=BaseModel)


def form_or_json(model: type[M]) -> tuple[Callable[[Request], Awaitable[M]], dict[str, Any]]:
    """A dependency that reads `model` from either kind of body, and the OpenAPI text that says so."""

    async def read(request: Request) -> M:
        assert isinstance(request, StrictRequest)
        kind = request.content_type()
        if kind == JSON:
            fields: Any = await request.json()
        elif kind in {URLENCODED, MULTIPART} and not looks_like_json(await request.body()):
            form = await request.form()
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        elif looks_like_json(await request.body()):
            raise InvalidInput.of("header.content-type", SEND_JSON, "content_type")
        else:
            raise InvalidInput.of("header.content-type", "send application/json or a form", "content_type")
        try:
            parsed = model.model_validate(fields)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)[:MAX_ERRORS]
            raise RequestValidationError(
                [{**item, "loc": ("body", *item["loc"])} for item in found]
            ) from None
        if any("\0" in value for value in form_values(parsed)):
            raise InvalidInput.of("body", "text must not contain NUL characters", "nul_character")
        return parsed

    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {JSON: {"schema": schema}, URLENCODED: {"schema": _without_null(schema)}}
    return read, {"requestBody": {"required": True, "content": content}}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a form, which has no way to say null."""
    properties = {
        name: {**field, "anyOf": [kind for kind in field["anyOf"] if kind != {"type": "null"}]}
        if "anyOf" in field
        else field
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def form_values(model: BaseModel) -> list[str]:
    """The text fields of a model."""
    return [value for value in model.model_dump().values() if isinstance(value, str)]
