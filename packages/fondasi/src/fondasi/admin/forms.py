"""Forms made from the schemas of the API: the same fields, the same checks, and no field beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from fondasi.admin.guards import TOKEN_FIELD
from fondasi.kit.http import FieldError, InvalidInput
from fondasi.kit.http.handlers import invalid_input
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from starlette.datastructures import FormData

    from fondasi.admin_views import AdminView

VERSION_FIELD = "_version"
OWN_FIELDS = frozenset({TOKEN_FIELD, VERSION_FIELD})
LONG_TEXT = 300  # characters from which a field gets several lines
YES, NO = "true", "false"
NOTHING = "-"
CODE = 2  # characters of the code of a language


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the page shows it.

    Attributes:
        kind: `text`, `long`, `number`, `date`, `password` or `choice`.
        choices: value and text of each, where there is a choice.
    """

    name: str
    label: str
    kind: str
    value: str
    required: bool
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""


def fields_of(
    schema: type[BaseModel], values: Mapping[str, Any], problem: InvalidInput | None = None
) -> list[FormField]:
    """The fields of a form.

    Args:
        schema: what may be written.
        values: what they hold, by name.
        problem: what was wrong with them.
    """
    document = schema.model_json_schema()
    errors = (
        {item.field.rpartition(".")[2]: item.message for item in (problem.field_errors or [])}
        if problem
        else {}
    )
    found = []
    for name, property_ in document["properties"].items():
        kinds, optional = _kinds(property_, document.get("$defs", {}))
        field = schema.model_fields[name]
        value = values.get(name, None if field.default is PydanticUndefined else field.default)
        kind, choices = _kind(kinds, optional=optional)
        help_ = t(field.description or "")
        error = errors.get(name, "")
        found.append(
            FormField(
                name,
                t(label_of(name)),
                kind,
                "" if kind == "password" else as_text(value),
                field.is_required() and not optional,
                help_,
                choices,
                error,
            )
        )
    return found


def submitted(schema: type[BaseModel], form: FormData) -> dict[str, Any]:
    """What a form says, by field; an empty text is null where null may stand.

    Raises:
        InvalidInput: it has a field that the schema does not have, or a NUL character.
    """
    document = schema.model_json_schema()
    if unknown := sorted(set(form) - OWN_FIELDS - set(document["properties"])):
        raise InvalidInput.of(unknown[0], "unknown field", "unknown_field")
    found: dict[str, Any] = {}
    for name, property_ in document["properties"].items():
        value = form.get(name)
        if not isinstance(value, str):
            continue
        if "\0" in value:
            raise InvalidInput.of(name, "text must not contain NUL characters", "nul_character")
        kinds, optional = _kinds(property_, document.get("$defs", {}))
        found[name] = _value(value.replace("\r\n", "\n"), kinds, optional=optional)
    return found


def parsed(schema: type[BaseModel], data: Mapping[str, Any]) -> BaseModel:
    """The data as the schema has them.

    Raises:
        InvalidInput: naming the fields that are wrong.
    """
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise invalid_input(error.errors()) from None


def changes_of(record: object, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of the data differs from what a record holds."""
    return {
        name: value for name, value in data.items() if as_text(getattr(record, name, None)) != as_text(value)
    }


def as_text(value: object) -> str:
    """A value as a form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def label_of(name: str) -> str:
    """The name of a column, for people: `last_used_at` is "Last used at"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def choice_of(value: str) -> str:
    """What a value to choose is called, in the language of who looks; codes such as `GET` and `id` stay."""
    return value if len(value) <= CODE or value.isupper() else t(label_of(value))


def words_of(view: AdminView) -> set[str]:
    """What the panel says of a table and of its forms, in English."""
    values = [value for some in view.filters.values() for value in some]
    found = {view.name, view.plural, *map(label_of, [*view.shown, *view.filters, *map(str, values)])}
    for write in view.writes:
        for field in fields_of(write.schema, {}) if write.schema else ():
            found |= {field.label, field.help, *(text for value, text in field.choices if value != text)}
    return found - {"", NOTHING}


def with_error(problem: InvalidInput, fields: Mapping[str, Any]) -> list[FieldError]:
    """The errors that no field of the form can show."""
    return [item for item in problem.field_errors or [] if item.field.rpartition(".")[2] not in fields]


def _kinds(property_: dict[str, Any], definitions: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema of a value that is not null, and whether null may stand too."""
    options = property_.get("anyOf", [property_])
    some = [option for option in options if option.get("type") != "null"]
    chosen = some[0] if some else property_
    if reference := chosen.get("$ref"):
        chosen = definitions[reference.rpartition("/")[2]]
    return {**property_, **chosen}, len(some) < len(options)


def _kind(schema: dict[str, Any], *, optional: bool) -> tuple[str, tuple[tuple[str, str], ...]]:
    values = [as_text(value) for value in schema.get("enum", ())]
    if "const" in schema:
        values = [as_text(schema["const"])]
    if schema.get("type") == "boolean":
        values = [YES, NO]
    if values:
        empty = [("", NOTHING)] if optional else []
        return "choice", (*empty, *((value, choice_of(value)) for value in values))
    if schema.get("format") in {"password", "date"}:
        return schema["format"], ()
    if schema.get("type") in {"integer", "number"}:
        return "number", ()
    return ("long" if schema.get("maxLength", 0) > LONG_TEXT else "text"), ()


def _value(text: str, schema: dict[str, Any], *, optional: bool) -> Any:
    if optional and not text.strip():
        return None
    if schema.get("type") == "boolean" and text in {YES, NO}:
        return text == YES
    if schema.get("type") in {"integer", "number"}:
        try:
            return int(text)
        except ValueError:
            return text
    return text
