"""Numbers and days as JSON Schema means them: `true` and `"5"` are no numbers, `5.0` is an integer, `"0"` is no day."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _number(value: object) -> object:
    if type(value) not in {int, float}:
        raise PydanticCustomError("number_type", "Input should be a valid number")
    return value


def _day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and ISO_DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "Input should be a day, as in 2026-01-31")


Integer = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]
