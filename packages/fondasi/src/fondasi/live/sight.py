"""What a reader is told of: never more than what they could read by the API at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import MEMBER, Principal
from fondasi.kit.live import SIGNED_IN

if TYPE_CHECKING:
    from collections.abc import Collection

    from fondasi.kit.live import Change, KnownChanges
    from fondasi.tenancy import Member


class Sight:
    """The eyes of a reader.

    Args:
        known: who is told of what.
        resources: of which they want to be told; none: of all.
        principal: who reads.
        member: the same inside the tenant that they follow.
    """

    def __init__(
        self,
        known: KnownChanges,
        resources: Collection[str],
        principal: Principal,
        member: Member | None = None,
    ) -> None:
        self._known = known
        self._resources = frozenset(resources)
        self.look(principal, member)

    def look(self, principal: Principal, member: Member | None) -> None:
        """Know the rights that they have now."""
        self._principal, self._member = principal, member
        self._user = str(principal.user_id)
        self._tenant = str(member.tenant_id) if member is not None else None

    def sees(self, change: Change) -> bool:
        """Whether they are told of a change."""
        if self._resources and change.resource not in self._resources:
            return False
        declared = self._known.get(change.resource)
        if declared is None:
            return False
        if change.tenant_id is not None:
            if self._member is None or change.tenant_id != self._tenant:
                return False
            needed = declared.tenant_permission
            return needed == MEMBER or (needed is not None and self._member.may(needed))
        if change.owner_id is not None and change.owner_id == self._user and self._holds(declared.owner):
            return True
        return self._holds(declared.permission)

    def _holds(self, needed: str | None) -> bool:
        if needed == SIGNED_IN:
            return True
        return needed is not None and self._principal.may(needed)
