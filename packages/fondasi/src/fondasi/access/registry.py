"""Permissions are declared by the rooms that ask for them, and collected from the modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CODE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+")
CUSTOM = "custom."  # how the codes of permissions begin that an installation makes for itself


class SeededGroup(StrEnum):
    """The groups that every installation has. `SUPER_ADMIN` holds everything; new users are in `USER` alone."""

    SUPER_ADMIN = "super_admin"
    ADMIN = "admin"
    MODERATOR = "moderator"
    USER = "user"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Permission:
    """A right with a code name such as `posts.create`.

    Attributes:
        code: `room.action`.
        description: one sentence for administrators.
        default_groups: the seeded groups that hold it until an administrator changes that; `super_admin` always does.
    """

    code: str
    description: str
    default_groups: tuple[str, ...] = ()

    @property
    def custom(self) -> bool:
        """Made by an administrator, not declared by a module."""
        return self.code.startswith(CUSTOM)


class PermissionRegistry:
    """The permissions of all modules, and those that an installation made for itself, by code.

    Raises:
        ValueError: a code is declared twice or malformed, or a default group is not a seeded one.
    """

    def __init__(self, permissions: Iterable[Permission], custom: Iterable[Permission] = ()) -> None:
        self._by_code: dict[str, Permission] = {}
        for permission in permissions:
            if self._by_code.setdefault(permission.code, permission) != permission:
                raise ValueError(f"The permission {permission.code} is declared twice, differently.")
            _check(permission)
        self._by_code |= {permission.code: permission for permission in custom}
        self._defaults = {
            group.value: frozenset(
                code
                for code, item in self._by_code.items()
                if group is SeededGroup.SUPER_ADMIN or group in item.default_groups
            )
            for group in SeededGroup
        }

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Permission]:
        return iter(self._by_code.values())

    def with_custom(self, custom: Iterable[Permission]) -> PermissionRegistry:
        """The same with the permissions that the installation made for itself."""
        return PermissionRegistry((item for item in self if not item.custom), custom)

    def get(self, code: str) -> Permission | None:
        """The permission with that code."""
        return self._by_code.get(code)

    @property
    def codes(self) -> frozenset[str]:
        """All codes."""
        return frozenset(self._by_code)

    def defaults_of(self, group: str) -> frozenset[str]:
        """What a group holds by declaration: something for a seeded group, nothing for others."""
        return self._defaults.get(group, frozenset())


def _check(permission: Permission) -> None:
    if not CODE.fullmatch(permission.code):
        raise ValueError(f"The permission {permission.code!r} is not named like `room.action`.")
    if permission.custom:
        raise ValueError(
            f"The permission {permission.code!r} begins with {CUSTOM!r}, which installations keep."
        )
    allowed = set(SeededGroup) - {SeededGroup.SUPER_ADMIN}
    if unknown := set(permission.default_groups) - allowed:
        names = ", ".join(sorted(allowed))
        raise ValueError(
            f"The permission {permission.code} names the default group {min(unknown)!r}. Choose from {names}."
        )
