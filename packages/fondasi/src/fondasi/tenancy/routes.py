"""Routes of tenants and their members."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from starlette.responses import StreamingResponse

from fondasi.access import (
    MEMBER,
    LacksWhatTheyGrant,
    Principal,
    StepUpRequired,
    authenticated,
    require,
    step_up,
)
from fondasi.activity import ACTIVITY, FromFilter, ToFilter, list_activity, within
from fondasi.dependencies import (
    CurrentPlatform,
    ReadSession,
    TenantReadSession,
    TenantUnitOfWork,
    UnitOfWork,
)
from fondasi.kit.audit import ActivityRecord
from fondasi.kit.db import Session
from fondasi.kit.http import Conflict, IfMatch, Listing, Router, Wanted, raises, versioned
from fondasi.tenancy import members, repository, service
from fondasi.tenancy.errors import (
    MemberNotFound,
    OwnersOnly,
    RaisesOwnRights,
    TenantNotFound,
    TooManyExports,
)
from fondasi.tenancy.export import Exports
from fondasi.tenancy.guards import Member, TenantGuard, in_tenant_path, require_in_tenant
from fondasi.tenancy.models import Membership, Tenant
from fondasi.tenancy.permissions import (
    ASSIGN_ROLES,
    CREATE,
    DELETE_TENANT,
    MANAGE_PERMISSIONS,
    MANAGE_TENANT,
    MANAGE_USERS,
    SUSPEND,
    VIEW,
    VIEW_ANALYTICS,
    VIEW_USERS,
)
from fondasi.tenancy.registry import TenantPermission, TenantPermissions
from fondasi.tenancy.schemas import (
    ListedTenant,
    MemberDetails,
    MemberId,
    MemberPermissions,
    MemberRead,
    OwnershipTransfer,
    OwnTenant,
    RoleChange,
    RoleSummary,
    Suspension,
    TenantCreate,
    TenantExport,
    TenantPermissionList,
    TenantRead,
    TenantUpdate,
)

router = Router(tags=["tenants"])
inside = Router(prefix="/tenants/{tenant_id}", tags=["tenants"], dependencies=[in_tenant_path])

TENANTS = Listing(
    Tenant,
    ListedTenant,
    sort="name",
    sortable=["name", "created_at", "status"],
    filters=["status", "role"],
    search=["name", "description"],
    columns={"role": Membership.role, "members": repository.MEMBERS},
    joined=repository.with_memberships,
)
ALL_TENANTS = Listing(
    Tenant,
    TenantRead,
    sort="name",
    sortable=["name", "created_at", "status"],
    filters=["status"],
    ranges=["created_at"],
    search=["name", "description"],
)
MEMBERS = Listing(
    Membership,
    MemberRead,
    sort="username",
    sortable=["username", "name", "created_at"],
    filters=["role"],
    search=repository.search_members,
    search_help="Part of a name, or how a user name begins.",
    key="user_id",
    columns=repository.MEMBER,
    joined=repository.with_users,
)
AnyMember = Annotated[Member, Depends(TenantGuard(MEMBER, when_inactive=True))]


async def _registry(platform: CurrentPlatform) -> TenantPermissions:
    return platform.get(TenantPermissions)


Registry = Annotated[TenantPermissions, Depends(_registry)]


async def _own_session(
    caller: Annotated[Principal, authenticated], platform: CurrentPlatform
) -> AsyncIterator[Session]:
    async with platform.database.read_session(user=caller.user_id) as session:
        yield session


OwnSession = Annotated[Session, Depends(_own_session, scope="function")]


@router.get("/tenants", operation_id="list_tenants", **TENANTS.answers)
async def list_tenants(
    wanted: Annotated[Wanted, TENANTS.wanted],
    caller: Annotated[Principal, authenticated],
    session: OwnSession,
) -> Response:
    """The tenants that the caller is in."""
    return await wanted.answer(session, Membership.of_user(caller.user_id))


@router.post("/tenants", operation_id="create_tenant", status_code=201, dependencies=[versioned])
async def create_tenant(
    new: TenantCreate, caller: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> OwnTenant:
    """Create a tenant that the caller owns."""
    return await service.create_tenant(session, caller, new)


@router.get(
    "/tenants/all",
    operation_id="list_all_tenants",
    dependencies=[require(VIEW)],
    **ALL_TENANTS.answers,
)
async def list_all_tenants(wanted: Annotated[Wanted, ALL_TENANTS.wanted], session: ReadSession) -> Response:
    """All tenants of the service: names and states, not what is in them."""
    return await wanted.answer(session)


@router.post(
    "/tenants/{tenant_id}/suspend",
    operation_id="suspend_tenant",
    dependencies=[require(SUSPEND), raises(TenantNotFound)],
)
async def suspend_tenant(tenant_id: UUID, suspension: Suspension, session: UnitOfWork) -> TenantRead:
    """Close a tenant to its members, owners too, with their next request."""
    return await service.suspend(session, tenant_id, suspension.reason)


@router.post(
    "/tenants/{tenant_id}/resume",
    operation_id="resume_tenant",
    dependencies=[require(SUSPEND), raises(TenantNotFound, Conflict)],
)
async def resume_tenant(tenant_id: UUID, session: UnitOfWork) -> TenantRead:
    """Let a suspended tenant go on."""
    return await service.resume(session, tenant_id)


@inside.get("", operation_id="read_tenant", dependencies=[versioned])
async def read_tenant(member: AnyMember, session: TenantReadSession) -> OwnTenant:
    """A tenant that the caller is in."""
    return await service.read_tenant(session, member)


@inside.patch("", operation_id="update_tenant", dependencies=[versioned, raises(Conflict)])
async def update_tenant(
    changes: TenantUpdate,
    member: Annotated[Member, require_in_tenant(MANAGE_TENANT, when_inactive=True)],
    seen: IfMatch,
    session: TenantUnitOfWork,
) -> OwnTenant:
    """Rename, describe, close (`inactive`) or open a tenant."""
    return await service.update_tenant(session, member, changes, seen)


@inside.delete("", operation_id="delete_tenant", status_code=204, dependencies=[step_up, versioned])
async def delete_tenant(
    member: Annotated[Member, require_in_tenant(DELETE_TENANT, when_inactive=True)],
    seen: IfMatch,
    session: TenantUnitOfWork,
) -> None:
    """Delete a tenant with all that is in it. Export it before: it does not come back."""
    await service.delete_tenant(session, member, seen)


@inside.get(
    "/export",
    operation_id="export_tenant",
    response_model=None,
    dependencies=[step_up, raises(TooManyExports)],
    responses={200: {"model": TenantExport}},
)
async def export_tenant(
    member: Annotated[Member, require_in_tenant(MANAGE_TENANT, when_inactive=True)], platform: CurrentPlatform
) -> Response:
    """All that a tenant has, as one JSON document."""
    exports = platform.get(Exports)
    return StreamingResponse(
        await exports.open(platform.database, member.tenant_id, member.user_id),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{member.tenant_id}.json"'},
    )


@inside.get("/role-summary", operation_id="read_role_summary")
async def read_role_summary(
    member: Annotated[Member, require_in_tenant(VIEW_USERS)], session: TenantReadSession
) -> RoleSummary:
    """How many members have which role."""
    return await service.role_summary(session, member)


@inside.get("/permissions", operation_id="list_tenant_permissions", response_model=TenantPermissionList)
async def list_tenant_permissions(_: AnyMember, registry: Registry) -> dict[str, list[TenantPermission]]:
    """All permissions inside a tenant, and from which role on they are held."""
    return {"permissions": sorted(registry, key=lambda item: item.code)}


@inside.get("/activity", operation_id="list_tenant_activity", **ACTIVITY.answers)
async def list_tenant_activity(
    wanted: Annotated[Wanted, ACTIVITY.wanted],
    member: Annotated[Member, require_in_tenant(VIEW_ANALYTICS)],
    session: TenantReadSession,
    *,
    since: FromFilter = None,
    until: ToFilter = None,
) -> Response:
    """What happened in the tenant, newest first."""
    own = ActivityRecord.tenant_id == member.tenant_id
    return await list_activity(wanted, session, own, *within(since, until), shown=service.shown_to_members)


@inside.post(
    "/ownership",
    operation_id="transfer_ownership",
    dependencies=[step_up, raises(MemberNotFound, OwnersOnly)],
)
async def transfer_ownership(
    transfer: OwnershipTransfer,
    member: Annotated[Member, require_in_tenant(MANAGE_TENANT)],
    registry: Registry,
    session: TenantUnitOfWork,
) -> MemberDetails:
    """Make a member the owner in the caller's place, who stays as an administrator."""
    return await members.transfer_ownership(session, registry, member, transfer.user_id)


@inside.get("/members", operation_id="list_members", **MEMBERS.answers)
async def list_members(
    wanted: Annotated[Wanted, MEMBERS.wanted],
    member: Annotated[Member, require_in_tenant(VIEW_USERS)],
    session: TenantReadSession,
) -> Response:
    """The members."""
    return await wanted.answer(session, *repository.members_of(member.tenant_id))


@inside.get("/members/me", operation_id="read_own_membership")
async def read_own_membership(
    member: AnyMember, registry: Registry, session: TenantReadSession
) -> MemberDetails:
    """The caller as a member."""
    return await members.read_member(session, registry, member, member.user_id)


@inside.delete(
    "/members/me",
    operation_id="delete_own_membership",
    status_code=204,
    dependencies=[raises(Conflict, StepUpRequired)],
)
async def delete_own_membership(member: AnyMember, registry: Registry, session: TenantUnitOfWork) -> None:
    """Leave a tenant. Its last owner cannot; another owner proves first who they are (step-up)."""
    await members.leave(session, registry, member)


@inside.get("/members/{user_id}", operation_id="read_member", dependencies=[raises(MemberNotFound)])
async def read_member(
    user_id: MemberId,
    member: Annotated[Member, require_in_tenant(VIEW_USERS)],
    registry: Registry,
    session: TenantReadSession,
) -> MemberDetails:
    """A member and all that they hold."""
    return await members.read_member(session, registry, member, user_id)


@inside.patch(
    "/members/{user_id}",
    operation_id="update_member",
    dependencies=[raises(MemberNotFound, OwnersOnly, LacksWhatTheyGrant, RaisesOwnRights, StepUpRequired)],
)
async def update_member(
    user_id: MemberId,
    change: RoleChange,
    member: Annotated[Member, require_in_tenant(ASSIGN_ROLES)],
    registry: Registry,
    session: TenantUnitOfWork,
) -> MemberDetails:
    """Give a member another role; it acts with their next request.

    Where the role is or becomes `owner`, the caller proves first who they are (step-up).
    """
    return await members.change_role(session, registry, member, user_id, change.role)


@inside.put(
    "/members/{user_id}/permissions",
    operation_id="replace_member_permissions",
    dependencies=[raises(MemberNotFound, OwnersOnly, LacksWhatTheyGrant, RaisesOwnRights, StepUpRequired)],
)
async def replace_member_permissions(
    user_id: MemberId,
    wanted: MemberPermissions,
    member: Annotated[Member, require_in_tenant(MANAGE_PERMISSIONS)],
    registry: Registry,
    session: TenantUnitOfWork,
) -> MemberDetails:
    """Set what a member holds beside what their role holds. What owners alone hold needs a fresh proof (step-up)."""
    return await members.set_permissions(session, registry, member, user_id, wanted.permissions)


@inside.delete(
    "/members/{user_id}",
    operation_id="delete_member",
    status_code=204,
    dependencies=[raises(MemberNotFound, OwnersOnly, LacksWhatTheyGrant, StepUpRequired)],
)
async def delete_member(
    user_id: MemberId,
    member: Annotated[Member, require_in_tenant(MANAGE_USERS)],
    registry: Registry,
    session: TenantUnitOfWork,
) -> None:
    """End a membership; the account stays theirs. To remove an owner needs a fresh proof (step-up)."""
    await members.remove_member(session, registry, member, user_id)
