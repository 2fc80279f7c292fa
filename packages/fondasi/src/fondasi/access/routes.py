"""Routes of permissions, groups and grants."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from fondasi.access import custom, repository, service
from fondasi.access.errors import (
    DeclaredPermissionStays,
    GroupNameTaken,
    LacksWhatTheyGrant,
    PermissionExists,
    RaisesOwnRights,
    SeededGroupStays,
)
from fondasi.access.guards import authenticated_or_key, require, step_up
from fondasi.access.models import Group, UserGroup
from fondasi.access.permissions import (
    ASSIGN,
    CREATE,
    DELETE,
    EDIT,
    GRANT,
    MANAGE,
    PROFILE_VIEW,
    VIEW_GROUPS,
    VIEW_PERMISSIONS,
)
from fondasi.access.principal import Principal
from fondasi.access.registry import Permission, PermissionRegistry
from fondasi.access.schemas import (
    GrantedPermissions,
    GroupCreate,
    GroupDetails,
    GroupMember,
    GroupRead,
    Groups,
    GroupSet,
    GroupUpdate,
    PermissionCode,
    PermissionCreate,
    PermissionRead,
    PermissionUpdate,
    UserPermissions,
    UserReference,
)
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.kit.http import (
    IfMatch,
    Listing,
    NotFound,
    Page,
    PageParams,
    Router,
    Wanted,
    body_size,
    page_of,
    raises,
    versioned,
)

router = Router(tags=["access"])
PERMISSION_SET_SIZE = body_size(256 * 1024, values=2001)  # 2,000 codes of 100 characters
GROUPS = Listing(
    Group,
    GroupRead,
    sort="name",
    sortable=["name", "created_at", "updated_at"],
    filters=["seeded"],
    search=["name", "description"],
)
GROUP_MEMBERS = Listing(
    UserGroup,
    GroupMember,
    sort="username",
    sortable=["username", "name"],
    search=repository.search_members,
    search_help="Part of a name, or how a user name begins.",
    key="user_id",
    columns=repository.MEMBER,
    joined=repository.with_users,
)


async def _known(platform: CurrentPlatform, session: ReadSession) -> PermissionRegistry:
    """All permissions, to read."""
    return await repository.known(session, platform.get(PermissionRegistry))


async def _locked(platform: CurrentPlatform, session: UnitOfWork) -> PermissionRegistry:
    """All permissions, and nobody else changes access until the request is done."""
    await repository.lock(session)
    return await repository.known(session, platform.get(PermissionRegistry))


KnownPermissions = Annotated[PermissionRegistry, Depends(_known, scope="function")]
LockedPermissions = Annotated[PermissionRegistry, Depends(_locked, scope="function")]


@router.get(
    "/permissions",
    operation_id="list_permissions",
    response_model=Page[PermissionRead],
    dependencies=[require(VIEW_PERMISSIONS)],
)
async def list_permissions(page: PageParams, registry: KnownPermissions) -> dict[str, Any]:
    """All permissions, by code."""
    found = sorted(registry, key=lambda item: item.code)
    return page_of(found[page.offset : page.offset + page.items_per_page], len(found), page)


@router.get(
    "/permissions/{code}",
    operation_id="read_permission",
    response_model=PermissionRead,
    dependencies=[require(VIEW_PERMISSIONS), raises(NotFound)],
)
async def read_permission(code: PermissionCode, registry: KnownPermissions) -> Permission:
    """One permission."""
    return service.find_permission(registry, code)


@router.post(
    "/permissions",
    operation_id="create_permission",
    status_code=201,
    response_model=PermissionRead,
    dependencies=[require(MANAGE), raises(PermissionExists)],
)
async def create_permission(
    new: PermissionCreate, registry: LockedPermissions, session: UnitOfWork
) -> Permission:
    """Make a permission of the installation's own, for its clients to ask for."""
    return await custom.create_permission(session, registry, new)


@router.patch(
    "/permissions/{code}",
    operation_id="update_permission",
    response_model=PermissionRead,
    dependencies=[raises(NotFound, DeclaredPermissionStays, LacksWhatTheyGrant)],
)
async def update_permission(
    code: PermissionCode,
    changes: PermissionUpdate,
    caller: Annotated[Principal, require(MANAGE)],
    registry: LockedPermissions,
    session: UnitOfWork,
) -> Permission:
    """Describe a permission of the installation's own."""
    return await custom.edit_permission(session, caller, registry, code, changes.description)


@router.delete(
    "/permissions/{code}",
    operation_id="delete_permission",
    status_code=204,
    dependencies=[raises(NotFound, DeclaredPermissionStays, LacksWhatTheyGrant)],
)
async def delete_permission(
    code: PermissionCode,
    caller: Annotated[Principal, require(MANAGE)],
    registry: LockedPermissions,
    session: UnitOfWork,
) -> None:
    """Delete a permission of the installation's own; who holds it loses it at once."""
    await custom.delete_permission(session, caller, registry, code)


@router.get(
    "/groups",
    operation_id="list_groups",
    dependencies=[require(VIEW_GROUPS)],
    **GROUPS.answers,
)
async def list_groups(wanted: Annotated[Wanted, GROUPS.wanted], session: ReadSession) -> Response:
    """All groups, by name."""
    return await wanted.answer(session)


@router.post(
    "/groups",
    operation_id="create_group",
    status_code=201,
    dependencies=[versioned, raises(GroupNameTaken)],
)
async def create_group(
    new: GroupCreate,
    caller: Annotated[Principal, require(CREATE)],
    registry: LockedPermissions,
    session: UnitOfWork,
) -> GroupDetails:
    """Create a group, which holds nothing yet."""
    return await service.create_group(session, caller, registry, new)


@router.get(
    "/groups/{group_id}",
    operation_id="read_group",
    dependencies=[require(VIEW_GROUPS), versioned, raises(NotFound)],
)
async def read_group(group_id: UUID, registry: KnownPermissions, session: ReadSession) -> GroupDetails:
    """A group and what it holds."""
    return await service.read_group(session, registry, group_id)


@router.patch(
    "/groups/{group_id}",
    operation_id="update_group",
    dependencies=[versioned, raises(NotFound, GroupNameTaken, LacksWhatTheyGrant, SeededGroupStays)],
)
async def update_group(
    group_id: UUID,
    changes: GroupUpdate,
    caller: Annotated[Principal, require(EDIT)],
    *,
    seen: IfMatch,
    registry: LockedPermissions,
    session: UnitOfWork,
) -> GroupDetails:
    """Rename or describe a group that holds no more than the caller."""
    return await service.edit_group(session, caller, registry, group_id, changes, seen=seen)


@router.delete(
    "/groups/{group_id}",
    operation_id="delete_group",
    status_code=204,
    dependencies=[versioned, raises(NotFound, LacksWhatTheyGrant, SeededGroupStays)],
)
async def delete_group(
    group_id: UUID,
    caller: Annotated[Principal, require(DELETE)],
    *,
    seen: IfMatch,
    registry: LockedPermissions,
    session: UnitOfWork,
) -> None:
    """Delete a group that holds no more than the caller; its members lose what it gave them at once."""
    await service.delete_group(session, caller, registry, group_id, seen=seen)


@router.put(
    "/groups/{group_id}/permissions",
    operation_id="replace_group_permissions",
    dependencies=[
        step_up,
        versioned,
        PERMISSION_SET_SIZE,
        raises(NotFound, LacksWhatTheyGrant, RaisesOwnRights, SeededGroupStays),
    ],
)
async def replace_group_permissions(
    group_id: UUID,
    wanted: GrantedPermissions,
    caller: Annotated[Principal, require(GRANT)],
    *,
    seen: IfMatch,
    registry: LockedPermissions,
    session: UnitOfWork,
) -> GroupDetails:
    """Set what a group holds; it acts with the members' next request."""
    return await service.set_group_permissions(
        session, caller, registry, group_id, wanted.permissions, seen=seen
    )


@router.get(
    "/groups/{group_id}/members",
    operation_id="list_group_members",
    dependencies=[require(VIEW_GROUPS), raises(NotFound)],
    **GROUP_MEMBERS.answers,
)
async def list_group_members(
    group_id: UUID, wanted: Annotated[Wanted, GROUP_MEMBERS.wanted], session: ReadSession
) -> Response:
    """Who is in a group."""
    await service.find_group(session, group_id)
    return await wanted.answer(session, UserGroup.group_id == group_id)


@router.get("/users/me/groups", operation_id="list_own_groups", response_model=Groups)
async def list_own_groups(
    caller: Annotated[Principal, authenticated_or_key(PROFILE_VIEW)], session: ReadSession
) -> dict[str, Any]:
    """The caller's groups."""
    return {"groups": await repository.groups_of(session, caller.user_id)}


@router.get("/users/me/permissions", operation_id="read_own_permissions")
async def read_own_permissions(
    caller: Annotated[Principal, authenticated_or_key(PROFILE_VIEW)],
    registry: KnownPermissions,
    session: ReadSession,
) -> UserPermissions:
    """What the caller may do; behind an API key, what the key may do."""
    return await service.read_own_permissions(session, caller, registry)


@router.get(
    "/users/{username}/groups",
    operation_id="list_user_groups",
    response_model=Groups,
    dependencies=[require(VIEW_GROUPS), raises(NotFound)],
)
async def list_user_groups(username: UserReference, session: ReadSession) -> dict[str, Any]:
    """A user's groups."""
    return {"groups": await service.read_groups_of(session, username)}


@router.put(
    "/users/{username}/groups",
    operation_id="replace_user_groups",
    response_model=Groups,
    dependencies=[step_up, raises(NotFound, LacksWhatTheyGrant, RaisesOwnRights)],
)
async def replace_user_groups(
    username: UserReference,
    wanted: GroupSet,
    caller: Annotated[Principal, require(ASSIGN)],
    registry: LockedPermissions,
    session: UnitOfWork,
) -> dict[str, Any]:
    """Set a user's groups; it acts with their next request."""
    groups = await service.set_groups_of(session, caller, registry, username, wanted.group_ids)
    return {"groups": groups}


@router.get(
    "/users/{username}/permissions",
    operation_id="read_user_permissions",
    dependencies=[require(VIEW_PERMISSIONS), raises(NotFound)],
)
async def read_user_permissions(
    username: UserReference, registry: KnownPermissions, session: ReadSession
) -> UserPermissions:
    """What a user may do, and why."""
    return await service.read_permissions_of(session, registry, username)


@router.put(
    "/users/{username}/permissions",
    operation_id="replace_user_permissions",
    dependencies=[step_up, PERMISSION_SET_SIZE, raises(NotFound, LacksWhatTheyGrant, RaisesOwnRights)],
)
async def replace_user_permissions(
    username: UserReference,
    wanted: GrantedPermissions,
    caller: Annotated[Principal, require(GRANT)],
    registry: LockedPermissions,
    session: UnitOfWork,
) -> UserPermissions:
    """Set a user's direct grants; it acts with their next request."""
    return await service.set_permissions_of(session, caller, registry, username, wanted.permissions)
