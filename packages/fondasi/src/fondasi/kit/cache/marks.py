"""Templates of keys, and the marks that an entry stands under.

An entry stands under its key, under each beginning of its key that ends with a colon, and under its tags. To invalidate
is to drop a mark: entries remember the tokens of their marks, and count for nothing once one of them is gone.
"""

from __future__ import annotations

from enum import Enum
from hashlib import blake2b
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

EVERYTHING = "*"  # every entry of every tenant stands under it
LONGEST = 200  # characters of a mark; longer ones are digests
KEY, TAG = "k", "t"


class Template:
    """A key or a tag with places for values: `"{username}_posts:page_{page}"`.

    Attributes:
        text: as it was written.
        names: of its places.

    Raises:
        ValueError: a place has no name, or more than a name.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        parts = list(Formatter().parse(text))
        if not text or any(
            name is not None and (not name.isidentifier() or form or conversion)
            for _, name, form, conversion in parts
        ):
            raise ValueError(f"{text!r} is no template of a key: write its places as {{name}}")
        self._parts = [(literal, name) for literal, name, _, _ in parts]
        self.names = tuple(dict.fromkeys(name for _, name in self._parts if name is not None))

    def render(self, values: Mapping[str, object]) -> str:
        """The key. A value adds no colon, and its letters are small: names that differ in case are one thing to many.

        Raises:
            KeyError: a value is missing.
        """
        return "".join(
            literal + (value_text(values[name]).replace(":", "%3a") if name is not None else "")
            for literal, name in self._parts
        )


def value_text(value: object) -> str:
    """A value as keys have it, the same for a number that came as `05` and for one that is 5."""
    return str(value.value if isinstance(value, Enum) else value).casefold()


def marks_of_entry(tenant: UUID | None, key: str, tags: Iterable[str]) -> list[str]:
    """What an entry with that key and those tags stands under."""
    parts = key.split(":")
    beginnings = [":".join(parts[:end]) + ":*" for end in range(1, len(parts))]
    own = [key, *beginnings]
    return [
        EVERYTHING,
        *(_mark(tenant, KEY, text) for text in own),
        *(_mark(tenant, TAG, text) for text in tags),
    ]


def marks_of_change(tenant: UUID | None, keys: Iterable[str], tags: Iterable[str]) -> set[str]:
    """What is dropped for keys, patterns and tags.

    Raises:
        ValueError: a pattern is none that entries stand under.
    """
    found = set()
    for key in keys:
        if "*" in key and (key.count("*") > 1 or not key.endswith(":*")):
            raise ValueError(
                f"{key!r} is no pattern of keys: a pattern ends with `:*`, and has no other star"
            )
        found.add(_mark(tenant, KEY, key))
    return found | {_mark(tenant, TAG, tag) for tag in tags}


def _mark(tenant: UUID | None, kind: str, text: str) -> str:
    mark = f"{tenant.hex if tenant else '-'}|{kind}|{text}"
    return mark if len(mark) <= LONGEST else blake2b(mark.encode(), digest_size=32).hexdigest()
