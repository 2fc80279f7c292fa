"""Numbers, flags, days and moments as JSON Schema means them.

`true` and `"5"` are no numbers, `0` is no flag, `5.0` is an integer, `"0"` is no day, and a moment names its offset
from UTC. An amount is text of at most 14 digits before the point and 4 behind it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from fondasi.kit.i18n import t

Translated = Annotated[str, AfterValidator(t)]  # what we declared in English, in an answer in its language
IN_FORM = "in a form"  # the context of a body in which everything is text
# The very first and last of the calendar are infinity to the database's driver, and no text of a day in its JSON.
FIRST_MOMENT = datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
UNESCAPED = re.compile(r".*\d \d{2}:\d{2}", re.ASCII)  # a plus in a query is a space (WHATWG URL, 5.1)
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)  # RFC 3339


def _number(value: object) -> object:
    if type(value) not in {int, float}:
        raise PydanticCustomError("number_type", "must be a number")
    return value


def _flag(value: object, info: ValidationInfo) -> object:
    if info.context == IN_FORM and value in {"true", "false"}:
        return value == "true"
    if type(value) is not bool:
        raise PydanticCustomError("boolean_type", "must be true or false")
    return value


def _day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and ISO_DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "must be a day, as in 2026-01-31")


def _moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and MOMENT.fullmatch(value)):
        return value
    if (
        isinstance(value, str)
        and UNESCAPED.fullmatch(value)
        and MOMENT.fullmatch("+".join(value.rsplit(" ", 1)))
    ):
        raise PydanticCustomError("datetime_plus", "write the plus sign as %2B, or the moment in UTC with Z")
    raise PydanticCustomError("datetime_type", "must be a moment, as in 2026-01-31T08:00:00Z")


def _in_utc(value: datetime) -> datetime:
    """The moment in UTC; one beyond the calendar there is its first or last."""
    try:
        return min(max(value.astimezone(UTC), FIRST_MOMENT), LAST_MOMENT)
    except OverflowError:
        return FIRST_MOMENT if value.year == 1 else LAST_MOMENT


def _finite(value: date) -> date:
    if value in {date.min, date.max}:
        raise PydanticCustomError("date_range", "must be a day from 0001-01-02 to 9999-12-30")
    return value


def _amount(value: object) -> object:
    if isinstance(value, Decimal) or (isinstance(value, str) and AMOUNT.fullmatch(value)):
        return value
    raise PydanticCustomError("amount_type", "must be an amount as text, as in 12.50")


def without_defaults(schema: dict[str, Any]) -> None:
    """Leave defaults out of the schema of a change: what it does not name stays, and a client must not send them."""
    for field in schema["properties"].values():
        field.pop("default", None)


# Text, for JSON's numbers lose digits on their way through JavaScript.
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT.pattern}$", "examples": ["12.50"]}),
]
Integer = Annotated[int, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Number = Annotated[float, BeforeValidator(_number)]
AnyDay = Annotated[date, BeforeValidator(_day)]  # to compare with; none that is stored
Day = Annotated[AnyDay, AfterValidator(_finite)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
