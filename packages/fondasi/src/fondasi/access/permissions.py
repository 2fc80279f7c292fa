"""Permissions are declared by the rooms that ask for them, and collected from the modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Permission:
    """A right with a code name such as `posts.create`.

    Attributes:
        code: `room.action`.
        description: one sentence for administrators.
        everyone: granted to every signed-in user; otherwise to superusers alone, until it is granted.
    """

    code: str
    description: str
    everyone: bool = False


class PermissionRegistry:
    """The permissions of all modules, by code."""

    def __init__(self, permissions: Iterable[Permission]) -> None:
        self._by_code: dict[str, Permission] = {}
        for permission in permissions:
            if self._by_code.setdefault(permission.code, permission) != permission:
                raise ValueError(f"The permission {permission.code} is declared twice, differently.")
        self.everyone = frozenset(code for code, item in self._by_code.items() if item.everyone)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Permission]:
        return iter(self._by_code.values())
