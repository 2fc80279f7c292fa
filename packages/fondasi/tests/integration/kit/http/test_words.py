"""Every fault that our schemas can find is told in words for people, in their language."""

from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from fondasi.kit.http.routing import Route
from fondasi.kit.http.words import PATTERNS, WORDS, words_of
from fondasi.kit.i18n import catalogue

# What each kind of Pydantic's core schema can find wrong, and what each of its constraints can.
KINDS = {
    "bool": ["bool_type", "bool_parsing"],
    "date": ["date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"],
    "datetime": [
        "datetime_type",
        "datetime_parsing",
        "datetime_object_invalid",
        "datetime_from_date_parsing",
    ],
    "dict": ["dict_type"],
    "enum": ["enum"],
    "float": ["float_type", "float_parsing", "finite_number"],
    "int": ["int_type", "int_parsing", "int_from_float", "int_parsing_size"],
    "list": ["list_type"],
    "set": ["set_type"],
    "literal": ["literal_error"],
    "model": ["model_type", "model_attributes_type"],
    "model-field": ["missing"],
    "model-fields": ["extra_forbidden", "model_attributes_type"],
    "str": ["string_type", "string_sub_type", "string_unicode"],
    "uuid": ["uuid_type", "uuid_parsing", "uuid_version"],
    # These find nothing themselves, or what they find is worded by what is in them or by their functions.
    **dict.fromkeys(
        (
            "any",
            "default",
            "definitions",
            "definition-ref",
            "function-after",
            "function-before",
            "function-plain",
            "function-wrap",
            "is-instance",
            "json-or-python",
            "lax-or-strict",
            "no-info",
            "nullable",
            "union",
            "with-info",
        ),
        (),
    ),
}
CONSTRAINTS = {
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("list", "min_length"): "too_short",
    ("list", "max_length"): "too_long",
    ("dict", "max_length"): "too_long",
    ("set", "max_length"): "too_long",
    **{
        (kind, name): fault
        for kind in ("int", "float")
        for name, fault in (
            ("ge", "greater_than_equal"),
            ("gt", "greater_than"),
            ("le", "less_than_equal"),
            ("lt", "less_than"),
            ("multiple_of", "multiple_of"),
        )
    },
}
NAMES = {
    "min_length",
    "max_length",
    "ge",
    "gt",
    "le",
    "lt",
    "multiple_of",
    "pattern",
    "tz_constraint",
    "strict",
}


def core_schemas(app) -> Iterator[Any]:
    """Of what all routes take, and of every model of ours: forms are parsed beside the routes."""

    def parameters(dependant):
        yield from (
            *dependant.path_params,
            *dependant.query_params,
            *dependant.header_params,
            *dependant.cookie_params,
        )
        for child in dependant.dependencies:
            yield from parameters(child)

    for table in app.router.routes:
        for route in getattr(table, "routes", []):
            if isinstance(route, Route):
                fields = [*parameters(route.dependant), *([route.body_field] if route.body_field else [])]
                yield from (field._type_adapter.core_schema for field in fields)
    waiting = [BaseModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        # Arguments of jobs come from our own code, not from callers.
        own = f"{model.__module__}."
        ours = own.startswith("fondasi.") and ".settings." not in own and ".jobs.definition." not in own
        if ours and model.model_config.get("extra") == "forbid":
            yield model.__pydantic_core_schema__


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
            schema = {
                name: value for name, value in schema.items() if name not in {"metadata", "serialization"}
            }
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from parts(value)


@pytest.fixture(scope="module")
def found(app) -> list[dict[str, Any]]:
    return [part for schema in core_schemas(app) for part in parts(schema)]


def test_every_kind_of_value_has_words_for_its_faults(found):
    kinds = {part["type"] for part in found}
    assert {"str", "int", "model-field", "literal", "uuid", "dict", "list"} <= kinds
    assert kinds - KINDS.keys() == set(), (
        "Add what it can find wrong here, and its words in kit/http/words.py."
    )
    assert {fault for kind in kinds for fault in KINDS[kind]} - WORDS.keys() == set()


def test_every_constraint_has_words(found):
    used = {
        (part["type"], name)
        for part in found
        for name in NAMES & part.keys()
        if name not in {"pattern", "strict"}
    }
    assert ("str", "max_length") in used
    assert used - CONSTRAINTS.keys() == set()
    assert {CONSTRAINTS[item] for item in used} - WORDS.keys() == set()


def test_every_pattern_has_words(found):
    patterns = {part["pattern"] for part in found if "pattern" in part}
    assert patterns
    assert patterns - PATTERNS.keys() == set(), "Use `worded` of fondasi.kit.http."


def test_all_words_are_translated_with_their_places():
    words = {*WORDS.values(), *PATTERNS.values()}
    assert {text if isinstance(text, str) else text[0] for text in words} - catalogue(
        "id"
    ).texts.keys() == set()
    for text in [form for item in words for form in ([item] if isinstance(item, str) else item)]:
        places = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert places <= {"min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of", "expected"}


def test_words_of_a_validator_come_without_a_prefix():
    def refuse(_: Any) -> Any:
        raise ValueError("the end lies before the beginning")

    from typing import Annotated

    from pydantic import AfterValidator

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, AfterValidator(refuse)]).validate_python(1)
    assert words_of(dict(caught.value.errors()[0])) == "the end lies before the beginning"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            {
                "body.username": "use 2 to 50 letters a-z, digits, dots, dashes or underscores; begin with a letter "
                "or digit",
                "body.password": "take 8 characters or more",
                "body.email": "must be an e-mail address, as in ani@example.com",
            },
        ),
        (
            "id",
            {
                "body.username": "pakai 2 sampai 50 huruf a-z, angka, titik, tanda hubung, atau garis bawah; mulailah "
                "dengan huruf atau angka",
                "body.password": "pakai 8 karakter atau lebih",
                "body.email": "harus berupa alamat surel, seperti ani@example.com",
            },
        ),
    ],
)
async def test_sign_up_says_what_to_choose(client, language, expected):
    body = {"username": "a b", "password": "short", "email": "nowhere"}
    answer = await client.post("/api/v1/users", json=body, headers={"accept-language": language})
    assert answer.status_code == 422
    assert {item["field"]: item["message"] for item in answer.json()["field_errors"]} == expected
