"""Permissions that an installation makes for itself, beside those that modules declare.

Their codes begin with `custom.`, which no module may use: a grant of one never wakes up as a right of the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import repository
from fondasi.access.author import author_of
from fondasi.access.errors import DeclaredPermissionStays, PermissionExists
from fondasi.access.models import CustomPermission
from fondasi.access.registry import Permission
from fondasi.access.service import ROOM, find_permission
from fondasi.kit.audit import record
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from fondasi.access.principal import Principal
    from fondasi.access.registry import PermissionRegistry
    from fondasi.access.schemas import PermissionCreate
    from fondasi.kit.db import Session


async def create_permission(
    session: Session, registry: PermissionRegistry, new: PermissionCreate
) -> Permission:
    """Make a permission, which super admins alone hold until one of them grants it.

    Raises:
        PermissionExists: there is one with that code.
    """
    if new.code in registry:
        raise PermissionExists(t("A permission {code} exists already. Choose another code.", code=new.code))
    session.add(CustomPermission(code=new.code, description=new.description))
    await session.flush()
    about = {"permission": new.code, "description": new.description}
    await record(session, "permissions.create", ROOM, f"Made the permission {new.code}.", metadata=about)
    return Permission(new.code, new.description)


async def edit_permission(
    session: Session, caller: Principal, registry: PermissionRegistry, code: str, description: str
) -> Permission:
    """Describe a permission anew.

    Raises:
        NotFound: there is none with that code.
        DeclaredPermissionStays: a module declares it.
        LacksWhatTheyGrant: the caller does not hold it.
    """
    permission = await _own(session, caller, registry, code)
    before, permission.description = permission.description, description
    await session.flush()
    await record(
        session,
        "permissions.edit",
        ROOM,
        f"Described the permission {code}.",
        metadata={"permission": code, "from": before, "to": description},
    )
    return Permission(code, description)


async def delete_permission(
    session: Session, caller: Principal, registry: PermissionRegistry, code: str
) -> None:
    """Delete a permission; who holds it loses it with their next request.

    Raises:
        NotFound: there is none with that code.
        DeclaredPermissionStays: a module declares it.
        LacksWhatTheyGrant: the caller does not hold it.
    """
    await repository.delete_custom(session, await _own(session, caller, registry, code))
    await record(
        session,
        "permissions.delete",
        ROOM,
        f"Deleted the permission {code}.",
        metadata={"permission": code},
    )


async def _own(
    session: Session, caller: Principal, registry: PermissionRegistry, code: str
) -> CustomPermission:
    find_permission(registry, code)
    permission = await repository.get_custom(session, code)
    if permission is None:
        raise DeclaredPermissionStays(t("A module declares this permission; only its code can change it."))
    (await author_of(session, registry, caller)).check([code])
    return permission
