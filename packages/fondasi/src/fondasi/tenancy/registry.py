"""Permissions inside a tenant are declared by the modules whose routes ask for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.tenancy.models import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

CODE = re.compile(r"[a-z]+(_[a-z]+)+")
RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class TenantPermission:
    """A right inside a tenant, with a code name such as `edit_tasks`.

    Attributes:
        code: `action_things`.
        description: one sentence for members.
        role: the lowest role that holds it; those above hold it too, and owners hold everything.
    """

    code: str
    description: str
    role: Role = Role.OWNER


class TenantPermissions:
    """The permissions of all modules, by code.

    Raises:
        ValueError: a code is malformed, or declared twice with a difference.
    """

    def __init__(self, permissions: Iterable[TenantPermission]) -> None:
        self._by_code: dict[str, TenantPermission] = {}
        for permission in permissions:
            if self._by_code.setdefault(permission.code, permission) != permission:
                raise ValueError(f"The tenant permission {permission.code} is declared twice, differently.")
            if not CODE.fullmatch(permission.code):
                raise ValueError(
                    f"The tenant permission {permission.code!r} is not named like `action_things`."
                )
        self.codes = frozenset(self._by_code)
        self.by_role = {
            role.value: frozenset(
                item.code for item in self._by_code.values() if RANK[item.role] <= RANK[role]
            )
            for role in Role
        }

    def __iter__(self) -> Iterator[TenantPermission]:
        return iter(self._by_code.values())

    def effective(self, role: str, direct: Collection[str]) -> frozenset[str]:
        """What a member holds: everything of their role, and what they were given beside it."""
        held = self.by_role[role]
        return held.union(direct) if direct else held
