"""Every setting in rows: what it takes, what it is when nobody sets it, what it is for, what is set now and where."""

from __future__ import annotations

import os
import types
import typing
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotated_types import Ge, Gt, Le
from dotenv import dotenv_values
from pydantic import AliasChoices, BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from fondasi.settings.settings import DOTENV, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

HIDDEN = "(hidden)"
OTHERS = "other settings"  # a value that follows from them: QUOTA_USER_LIMIT from ENVIRONMENT


class Setting(NamedTuple):
    """A setting.

    Args:
        name: its environment variable.
        kind: what it takes, in words.
        default: as it would be written in the environment; empty when there is none.
        description: what it is for.
        value: what it is, where that is not its default or somebody set it; secrets are hidden.
        source: where that comes from: `environment`, `.env`, or `other settings`.
    """

    name: str
    kind: str
    default: str
    description: str
    value: str | None = None
    source: str | None = None


class Group(NamedTuple):
    """Settings that belong together, and what they are about."""

    title: str
    about: str
    settings: list[Setting]


def groups(now: Settings | None = None) -> list[Group]:
    """All settings.

    Args:
        now: those of this process, to tell what is set; None describes them alone.
    """
    places = _places() if now is not None else {}
    kinds = {
        name: kind for name, field in Settings.model_fields.items() if (kind := _group(field)) is not None
    }
    plain = {name: field for name, field in Settings.model_fields.items() if name not in kinds}
    found = [Group("General", "", list(_settings(plain, now, "", places)))]
    for name, kind in kinds.items():
        rows = list(_settings(kind.model_fields, now and getattr(now, name), f"{name}_", places))
        found.append(Group(name.capitalize(), (kind.__doc__ or "").strip(), rows))
    return found


def _settings(
    fields: Mapping[str, FieldInfo], now: BaseModel | None, prefix: str, places: Mapping[str, str]
) -> Iterator[Setting]:
    for name, field in fields.items():
        alias = field.validation_alias
        names = (
            [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [prefix + name]
        )
        default = _default(field)
        setting = Setting(names[0].upper(), _type(field), default, field.description or "")
        if now is not None:
            value = written(getattr(now, name))
            asked = [
                *names,
                *([prefix.strip("_")] if name in now.model_fields_set else []),
            ]  # a group may be JSON
            source = next((places[item.upper()] for item in asked if item.upper() in places), None)
            if source is None and value != default:
                source = OTHERS
            setting = setting._replace(value=value, source=source) if source else setting
        yield setting
        if (kind := _named(field)) is not None:
            parts = getattr(now, name) if now is not None else {}
            for part, inside in (parts or {"name": None}).items():
                yield from _settings(kind.model_fields, inside, f"{prefix}{part}_", places)


def written(value: Any) -> str:
    """A value as it stands in the environment; a secret is hidden, and nothing is empty."""
    if value in (PydanticUndefined, None):
        return ""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return ",".join(map(written, value)) if isinstance(value, list | dict) else str(value)


def _places() -> dict[str, str]:
    """Where each variable is set; an empty one counts as not set."""
    in_file = dotenv_values(DOTENV) if DOTENV.is_file() else {}
    found = {name.upper(): DOTENV.name for name, value in in_file.items() if value}
    return found | {name.upper(): "environment" for name, value in os.environ.items() if value}


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _named(field: FieldInfo) -> type[BaseModel] | None:
    """What stands below each name, where a setting is a list of names."""
    kinds = typing.get_args(field.annotation) if typing.get_origin(field.annotation) is dict else ()
    return kinds[1] if kinds else None


def _type(field: FieldInfo) -> str:
    return ", ".join([_name(field.annotation), *_limits(field)])


def _name(kind: Any) -> str:
    arguments = [item for item in typing.get_args(kind) if item is not type(None)]
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return ", ".join(map(str, arguments))
    if origin in {typing.Union, types.UnionType}:
        return ", ".join(map(_name, arguments))
    if origin in {list, dict}:
        return "list"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(item.value) for item in kind)
    if kind is SecretStr:
        return "secret"
    return {str: "text", bool: "true, false", int: "whole number", float: "number", Path: "path"}[kind]


def _limits(field: FieldInfo) -> Iterator[str]:
    for item in field.metadata:
        if isinstance(item, Ge):
            yield f"≥ {item.ge}"
        elif isinstance(item, Gt):
            yield f"> {item.gt}"
        elif isinstance(item, Le):
            yield f"≤ {item.le}"


def _default(field: FieldInfo) -> str:
    return written(field.get_default(call_default_factory=True))
