"""Accounts in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.access import PermissionRegistry, lock_access
from fondasi.admin_views import AdminView, AdminWrite
from fondasi.identity.accounts import service, signup
from fondasi.identity.accounts.permissions import CREATE, DELETE, EDIT, VIEW
from fondasi.identity.accounts.schemas import Invitation, UserRead, UserUpdate
from fondasi.identity.codes import Codes
from fondasi.identity.identifiers import identify
from fondasi.identity.models import User, UserStatus, UserType

if TYPE_CHECKING:
    from fondasi.admin_views import Act


async def _invite(act: Act, _: None, new: Invitation) -> None:
    await signup.invite(act.session, act.platform.get(Codes), identify(new.email), new.language)


async def _edit(act: Act, user: User, changes: UserUpdate) -> None:
    fields: dict[str, Any] = changes.model_dump(exclude_unset=True)
    registry = act.platform.get(PermissionRegistry)
    await service.update_user(act.session, act.caller, registry, str(user.id), fields)


async def _delete(act: Act, user: User, _: None) -> None:
    registry = act.platform.get(PermissionRegistry)
    await service.delete_user(act.session, act.caller, registry, str(user.id))


users_view = AdminView(
    model=User,
    path="users",
    name="User",
    plural="Users",
    icon="fa-solid fa-user",
    permission=VIEW,
    columns=("username", "name", "email", "status", "is_superuser", "last_sign_in_at"),
    details=tuple(UserRead.model_fields),
    search=("username", "name", "email", "phone"),
    filters={"status": list(UserStatus), "user_type": list(UserType)},
    label="username",
    person="id",
    create=AdminWrite(CREATE, _invite, Invitation),
    edit=AdminWrite(EDIT, _edit, UserUpdate),
    delete=AdminWrite(DELETE, _delete, step_up=True),
    lock=lock_access,
)
