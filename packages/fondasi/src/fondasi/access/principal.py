"""Who makes the request."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - FastAPI reads annotations
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - FastAPI reads annotations
from typing import Any
from uuid import UUID  # noqa: TC003 - FastAPI reads annotations


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user, as the guards see them.

    Attributes:
        user_id: their id.
        session_id: the session that the token is bound to; None behind an API key.
        username: for logs and messages.
        is_superuser: holds every permission.
        permissions: codes of the permissions that they hold otherwise; behind an API key those of its scope alone.
        authenticated_at: when they last proved who they are; None where nobody did, as for a key of a program.
        account: the row of their account as the guard read it, by column; no secrets in it.
        api_key_id: the API key that stands for them, if it is one.
    """

    user_id: UUID
    session_id: UUID | None
    username: str
    is_superuser: bool
    permissions: frozenset[str] = frozenset()
    authenticated_at: datetime | None = None
    account: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    api_key_id: UUID | None = None

    def may(self, permission: str) -> bool:
        """Whether they hold a permission, by code."""
        return self.is_superuser or permission in self.permissions
