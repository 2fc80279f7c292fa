"""What is wrong with a value, in words for people and in the caller's language.

Pydantic writes for programmers ("String should match pattern '^[A-Za-z0-9]...'"). A test goes through every schema and
asks for the words of each fault that it can find, so a new kind of value or pattern brings its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.kit.i18n import noted, t, tn

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

WORDS: dict[str, str | tuple[str, str]] = {}
PATTERNS: dict[str, str] = {}


def worded(pattern: str, words: str) -> str:
    """A pattern that tells people what it asks for: `Field(pattern=worded("^[a-z]+$", "use lower-case letters"))`."""
    PATTERNS[pattern] = words
    return pattern


def words_of(error: ErrorDetails) -> str:
    """The words for an error of Pydantic; a custom error (`PydanticCustomError`) and a `ValueError` bring their own.

    Args:
        error: an entry of `ValidationError.errors()`.
    """
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind in {"value_error", "assertion_error"}:
        return t(str(context.get("error", "") or error["msg"]).removeprefix("Value error, "))
    if kind == "string_pattern_mismatch":
        return t(PATTERNS.get(str(context.get("pattern"))) or noted("this has a different form"))
    if kind in {"too_short", "too_long"} and context.get("field_type") == "Value":
        kind = f"string_{kind}"  # a secret text
    if kind in {"literal_error", "enum"}:
        context = {"expected": str(context["expected"]).replace(" or ", ", ")}
    if kind in WORDS:
        words = WORDS[kind]
        if isinstance(words, str):
            return t(words, **context)
        return tn(*words, int(context.get("min_length", context.get("max_length", 0))), **context)
    return _own_words(str(error["msg"]), context)


def _own_words(message: str, context: dict[str, Any]) -> str:
    """The message without its values is the key of its translation."""
    values = {}
    for name, value in context.items():
        if str(value) and str(value) in message:
            message = message.replace(str(value), f"{{{name}}}", 1)
            values[name] = str(value)
    return t(message, **values)


def _say(words: str | tuple[str, str], *kinds: str) -> None:
    WORDS.update(dict.fromkeys(kinds, words))


_say("required", "missing", "missing_argument")
_say("unknown field", "extra_forbidden")
_say("must be text", "string_type", "string_sub_type", "string_unicode")
_say(("take {min_length} character or more", "take {min_length} characters or more"), "string_too_short")
_say(("take {max_length} character or fewer", "take {max_length} characters or fewer"), "string_too_long")
_say("send {min_length} or more", "too_short")
_say("send {max_length} or fewer", "too_long")
_say("must be a whole number", "int_type", "int_parsing", "int_from_float")
_say("the number is too large", "int_parsing_size")
_say("must be a number", "float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing")
_say("must be more than {gt}", "greater_than")
_say("must be {ge} or more", "greater_than_equal")
_say("must be less than {lt}", "less_than")
_say("must be {le} or less", "less_than_equal")
_say("must be a multiple of {multiple_of}", "multiple_of")
_say("must be true or false", "bool_type", "bool_parsing")
_say("must be one of {expected}", "literal_error", "enum")
_say(
    "must be a UUID, as in 0190b7a5-7c1e-7a3f-8b2d-5f6e7a8b9c0d", "uuid_type", "uuid_parsing", "uuid_version"
)
_say(
    "must be a day, as in 2026-01-31",
    "date_type",
    "date_parsing",
    "date_from_datetime_parsing",
    "date_from_datetime_inexact",
)
_say(
    "must be a moment, as in 2026-01-31T08:00:00Z",
    "datetime_type",
    "datetime_parsing",
    "datetime_object_invalid",
    "datetime_from_date_parsing",
)
_say("must be a list", "list_type", "set_type", "frozen_set_type", "tuple_type", "iterable_type")
_say("must be an object with fields", "dict_type", "mapping_type", "model_type", "model_attributes_type")
_say("not valid JSON", "json_invalid", "json_type")
_say("must be empty or null", "none_required")
