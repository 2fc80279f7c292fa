"""A body that may come as JSON or as an HTML form (OAuth 2 clients send forms)."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

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
from fondasi.kit.http.values import IN_FORM

M = TypeVar("M", bound=BaseModel)


class FormOrJson(Generic[M]):
    """A dependency that reads a model from either kind of body. A form cannot say null, so no field may be null.

    Args:
        model: what the body holds.
    """

    media_types = (JSON, URLENCODED)

    def __init__(self, model: type[M]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> M:
        """The body.

        Raises:
            InvalidInput: it is of another type, or not what the model asks for.
        """
        assert isinstance(request, StrictRequest)
        kind = request.content_type()
        if kind == JSON:
            fields: Any = await request.json()
            context = None
        elif kind in {URLENCODED, MULTIPART} and not looks_like_json(await request.body()):
            form = await request.form()
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            context = IN_FORM
        elif looks_like_json(await request.body()):
            raise InvalidInput.of("header.content-type", SEND_JSON, "content_type")
        else:
            raise InvalidInput.of("header.content-type", "send application/json or a form", "content_type")
        try:
            parsed = self.model.model_validate(fields, context=context)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)[:MAX_ERRORS]
            raise RequestValidationError(
                [{**item, "loc": ("body", *item["loc"])} for item in found]
            ) from None
        if any("\0" in value for value in form_values(parsed)):
            raise InvalidInput.of("body", "text must not contain NUL characters", "nul_character")
        return parsed


def form_values(model: BaseModel) -> list[str]:
    """The text fields of a model."""
    return [value for value in model.model_dump().values() if isinstance(value, str)]
