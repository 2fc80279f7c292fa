"""What is wrong with the settings: all of it at once, a sentence for each variable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from fondasi.kit.http.words import words_of
from fondasi.settings import Settings, refused_values, settings_without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

LONGEST: Final = 60  # characters of a value that is shown
NETWORK: Final = "must be a network, as in 10.0.0.0/8 or 10.0.0.5/32; several are separated by commas"
FORMS: Final = {"ip_v4_network": NETWORK, "ip_v6_network": NETWORK}


def what_is_wrong() -> str:
    """What is wrong with the settings of this process, which cannot be read."""
    found = setting_faults()
    return found[0] if len(found) == 1 else "\n  - ".join(["These settings are wrong:", *found])


def setting_faults() -> list[str]:
    """A sentence for each setting that is wrong, those included that are looked at when the others are right."""
    found: dict[str, str] = {}
    while True:
        try:
            settings = settings_without(found)
        except ValidationError as error:
            faults = dict(_told(error))
        except SettingsError as error:
            faults = dict([_group_as_text(error)])
        else:
            unsafe = [sentence for sentence in refused_values(settings) if sentence.split()[0] not in found]
            return [*found.values(), *unsafe]
        new = {
            name: sentence
            for name, sentence in faults.items()
            if name not in found and sentence.split()[0] not in found
        }
        if not new:  # it is no variable that makes it wrong
            return [*found.values()]
        found |= new


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Of each variable what is wrong with it."""
    by_variable: dict[str, list[ErrorDetails]] = {}
    for item in error.errors(include_url=False):
        by_variable.setdefault(_variable(item), []).append(item)
    for variable, items in by_variable.items():
        words = "; ".join(dict.fromkeys(map(_words, items)))
        if words.startswith(variable):
            yield variable, _sentence(words)
            continue
        values = ",".join(dict.fromkeys(value for item in items if (value := _value(item)) is not None))
        yield variable, _sentence(f"{variable}={values}: {words}" if values else f"{variable}: {words}")


def _variable(error: ErrorDetails) -> str:
    group, *rest = map(str, error["loc"])
    if not rest or _group(group) is None:
        return group.upper()
    if (group, rest[0]) == ("oauth", "providers"):  # each that it names has variables of its own
        return "_".join([group, *rest[1:]]).upper()
    return f"{group}_{rest[0]}".upper()


def _words(error: ErrorDetails) -> str:
    """What form the value has to have."""
    if (form := FORMS.get(error["type"])) is not None:
        return form
    field = _field(error)
    if error["type"] == "string_pattern_mismatch" and field is not None and field.examples:
        return f"must be written as in {field.examples[0]}"
    return words_of(error)


def _value(error: ErrorDetails) -> str | None:
    """The value as it was set; None where it is a secret, or may hold one."""
    value, field = error["input"], _field(error)
    if not isinstance(value, str) or field is None or "SecretStr" in str(field.annotation) or "@" in value:
        return None
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}..."


def _field(error: ErrorDetails) -> FieldInfo | None:
    """The field that a value was meant for."""
    fields, found = Settings.model_fields, None
    for part in map(str, error["loc"]):
        if part not in fields:
            continue
        found = fields[part]
        kinds = [found.annotation, *getattr(found.annotation, "__args__", ())]
        fields = next((kind.model_fields for kind in kinds if _is_model(kind)), {})
    return found


def _group(name: str) -> FieldInfo | None:
    field = Settings.model_fields.get(name)
    return field if field is not None and _is_model(field.annotation) else None


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _group_as_text(error: SettingsError) -> tuple[str, str]:
    """`HTTP=...` where `HTTP` is a group; the error names the field, and not its value."""
    named = re.search(r'field "(\w+)"', str(error))
    if named is None:
        return "", _sentence(str(error))
    group = named[1].upper()
    return group, f"{group} is set, but it is a group of settings: set {group}_... instead, or unset it."


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."
