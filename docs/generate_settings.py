"""Writes `docs/settings.md` from `fondasi.settings`: `make docs`. A test compares the two."""

from __future__ import annotations

import types
import typing
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotated_types import Ge, Gt, Le
from pydantic import AliasChoices, BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from fondasi.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

PAGE = Path(__file__).with_name("settings.md")
HEAD = """\
# Settings

Generated from `fondasi.settings` by `make docs`. Do not edit by hand.

Values come from the environment and from a file `.env` in the current folder; the environment wins. An empty value
counts as not set. Lists are separated by commas. In code, `DATABASE_URL` is `settings.database.url`.
"""


def page() -> str:
    """The whole page."""
    fields = Settings.model_fields
    groups = {name: kind for name, field in fields.items() if (kind := _group(field)) is not None}
    plain = {name: field for name, field in fields.items() if name not in groups}
    parts = [HEAD, _table("General", "", _rows(plain, ""))]
    for name, kind in groups.items():
        parts.append(_table(name.capitalize(), kind.__doc__ or "", _rows(kind.model_fields, f"{name}_")))
    return "\n".join(parts)


def _rows(fields: dict[str, FieldInfo], prefix: str) -> Iterator[tuple[str, ...]]:
    for name, field in fields.items():
        alias = field.validation_alias
        variable = str(alias.choices[0]) if isinstance(alias, AliasChoices) else prefix + name
        yield variable.upper(), _type(field), _default(field), (field.description or "").replace("|", "\\|")
        if (kind := _named(field)) is not None:
            yield from _rows(kind.model_fields, f"{prefix}name_")


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
    value = field.get_default(call_default_factory=True)
    if value in (PydanticUndefined, None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _table(title: str, about: str, rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"## {title}", ""]
    if about:
        lines += [about.strip(), ""]
    lines += ["| variable | values | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{variable}` | {kind} | {default} | {text} |" for variable, kind, default, text in rows]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
