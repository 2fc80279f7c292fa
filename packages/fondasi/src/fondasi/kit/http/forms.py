"""A body that may come as JSON or as an HTML form (OAuth 2 clients send forms)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from fondasi.kit.http.problems import InvalidInput
from fondasi.kit.http.routing import check_utf8

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

M = TypeVar("M", bound=BaseModel)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def form_or_json(model: type[M]) -> tuple[Callable[[Request], Awaitable[M]], dict[str, Any]]:
    """A dependency that reads `model` from either kind of body, and the OpenAPI text that says so."""

    async def read(request: Request) -> M:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type in FORM_TYPES:
            if content_type == FORM_TYPES[0]:
                check_utf8(await request.body(), "body")
            form = await request.form()
            fields: Any = {name: value for name, value in form.items() if isinstance(value, str)}
        elif content_type == "application/json":
            fields = await request.json()
        else:
            raise InvalidInput.of("header.content-type", "send application/json or a form", "content_type")
        try:
            parsed = model.model_validate(fields)
        except ValidationError as error:
            errors = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
            raise RequestValidationError(errors) from None
        if any("\0" in value for value in form_values(parsed)):
            raise InvalidInput.of("body", "text must not contain NUL characters", "nul_character")
        return parsed

    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {"application/json": {"schema": schema}, FORM_TYPES[0]: {"schema": _without_null(schema)}}
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
