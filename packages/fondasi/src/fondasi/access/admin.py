"""Groups in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.access import repository, service
from fondasi.access.models import Group
from fondasi.access.permissions import CREATE, DELETE, EDIT, VIEW_GROUPS
from fondasi.access.registry import PermissionRegistry
from fondasi.access.schemas import GroupCreate, GroupUpdate
from fondasi.admin_views import AdminView, AdminWrite

if TYPE_CHECKING:
    from fondasi.admin_views import Act


async def _create(act: Act, _: None, new: GroupCreate) -> Any:
    return await service.create_group(act.session, act.caller, act.platform.get(PermissionRegistry), new)


async def _edit(act: Act, group: Group, changes: GroupUpdate) -> None:
    registry = act.platform.get(PermissionRegistry)
    await service.edit_group(act.session, act.caller, registry, group.id, changes)


async def _delete(act: Act, group: Group, _: None) -> None:
    await service.delete_group(act.session, act.caller, act.platform.get(PermissionRegistry), group.id)


groups_view = AdminView(
    model=Group,
    path="groups",
    name="Group",
    plural="Groups",
    icon="fa-solid fa-users",
    permission=VIEW_GROUPS,
    columns=("name", "description", "seeded", "created_at"),
    details=("id", "name", "description", "seeded", "created_at", "updated_at"),
    search=("name", "description"),
    order="name",
    label="name",
    create=AdminWrite(CREATE, _create, GroupCreate),
    edit=AdminWrite(EDIT, _edit, GroupUpdate),
    delete=AdminWrite(DELETE, _delete),
    lock=repository.lock,
)
