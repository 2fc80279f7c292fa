"""A field that takes one value or several: `"court": "PN Kudus"`, `"court": ["PN Kudus", "PN Pati"]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic_core import PydanticKnownError, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

MOST_VALUES = 20


@dataclass(frozen=True, slots=True)
class _Several:
    """Of `list[X] | None`: takes an X too. What is wrong with a value is said of the field, and of no place in it."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        (kind,) = get_args(get_args(source)[0])
        shown = core_schema.plain_serializer_function_ser_schema(lambda values: values)
        several = core_schema.no_info_wrap_validator_function(
            _each, handler.generate_schema(kind), serialization=shown
        )
        return core_schema.nullable_schema(several)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        one = handler(schema["schema"]["schema"])  # as made above
        several = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_VALUES}
        return {"anyOf": [one, several, {"type": "null"}]}


SEVERAL = _Several()


def _each(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise PydanticKnownError("too_short", {"field_type": "List", "min_length": 1, "actual_length": 0})
    if len(values) > MOST_VALUES:
        about = {"field_type": "List", "max_length": MOST_VALUES, "actual_length": len(values)}
        raise PydanticKnownError("too_long", about)
    return [validate(each) for each in values]
