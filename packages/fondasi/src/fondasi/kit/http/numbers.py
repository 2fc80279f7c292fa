"""Numbers of a JSON body as JSON Schema means them: `true` and `"5"` are none, `5.0` is an integer."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _number(value: object) -> object:
    if type(value) not in {int, float}:
        raise PydanticCustomError("number_type", "Input should be a valid number")
    return value


Integer = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]
