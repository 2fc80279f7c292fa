"""Who makes the request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID  # noqa: TC003 - FastAPI reads annotations


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user, as the guards see him.

    Attributes:
        user_id: his id.
        session_id: the session that the token is bound to.
        username: for logs and messages.
        is_superuser: holds every permission.
        tier_id: the tier that his limits come from; None for the default tier.
        permissions: codes of the permissions that he holds otherwise.
    """

    user_id: UUID
    session_id: UUID
    username: str
    is_superuser: bool
    permissions: frozenset[str] = frozenset()
    tier_id: UUID | None = None

    def may(self, permission: str) -> bool:
        """Whether he holds a permission, by code."""
        return self.is_superuser or permission in self.permissions
