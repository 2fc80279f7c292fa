"""Sessions in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import PermissionRegistry, lock_access
from fondasi.admin_views import AdminView, AdminWrite
from fondasi.identity.sessions import service
from fondasi.identity.sessions.models import UserSession
from fondasi.identity.sessions.permissions import REVOKE, VIEW

if TYPE_CHECKING:
    from fondasi.admin_views import Act


async def _revoke(act: Act, opened: UserSession, _: None) -> None:
    registry = act.platform.get(PermissionRegistry)
    await service.end_session_of_another(act.session, act.caller, registry, opened)


sessions_view = AdminView(
    model=UserSession,
    path="sessions",
    name="Session",
    plural="Sessions",
    icon="fa-solid fa-laptop",
    permission=VIEW,
    columns=("user_id", "ip_address", "last_used_at", "expires_at", "revoked_at", "created_at"),
    details=(
        "id",
        "user_id",
        "ip_address",
        "user_agent",
        "created_at",
        "last_used_at",
        "authenticated_at",
        "methods",
        "expires_at",
        "revoked_at",
    ),
    search=("user_id", "ip_address"),
    order="-last_used_at",
    person="user_id",
    links={"user_id": "users"},
    actions={"revoke": AdminWrite(REVOKE, _revoke, label="Sign out there")},
    lock=lock_access,
)
