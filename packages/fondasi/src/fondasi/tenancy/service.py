"""The rules of tenants: who creates one owns it, its owners close and delete it, the platform suspends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.activity import without_place
from fondasi.kit.audit import record
from fondasi.kit.http import Conflict
from fondasi.kit.i18n import t
from fondasi.kit.ids import new_id
from fondasi.kit.live import changed
from fondasi.tenancy import repository
from fondasi.tenancy.errors import TenantNotFound
from fondasi.tenancy.events import TENANT_CREATED, TENANT_DELETED
from fondasi.tenancy.models import Membership, Role, Tenant, TenantStatus
from fondasi.tenancy.schemas import OwnTenant, RoleSummary, TenantRead

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.kit.db import Session
    from fondasi.kit.http import Condition
    from fondasi.tenancy.guards import Member
    from fondasi.tenancy.schemas import TenantCreate, TenantUpdate

BY_PLATFORM = SUSPENDED, RESUMED = "tenant.suspended", "tenant.resumed"
PANEL = "admin"  # the module of entries that the admin panel writes


async def create_tenant(session: Session, caller: Principal, new: TenantCreate) -> OwnTenant:
    """Create a tenant that the caller owns."""
    tenant = Tenant(id=new_id(), name=new.name, description=new.description, created_by=caller.user_id)
    await session.act_for(tenant=tenant.id)
    session.add(tenant)
    await session.flush()
    session.add(Membership(tenant_id=tenant.id, user_id=caller.user_id, role=Role.OWNER))
    await session.flush()
    await record(
        session, "tenant.created", "tenancy", "A tenant was created.", metadata={"name": tenant.name}
    )
    await TENANT_CREATED.emit(session, tenant_id=tenant.id)
    return _own(tenant, Role.OWNER)


async def read_tenant(session: Session, member: Member) -> OwnTenant:
    """The tenant of the request.

    Raises:
        TenantNotFound: it was deleted a moment ago.
    """
    return _own(await _tenant(session, member.tenant_id), member.role)


async def update_tenant(
    session: Session, member: Member, changes: TenantUpdate, seen: Condition
) -> OwnTenant:
    """Rename, describe, close or open the tenant.

    Raises:
        TenantNotFound: it was deleted a moment ago.
        ChangedMeanwhile: it is not what the caller has seen.
        Conflict: it was suspended a moment ago.
    """
    tenant = await _tenant(session, member.tenant_id, locked=True)
    await seen.check(session, tenant)
    if tenant.status == TenantStatus.DISABLED:
        raise Conflict(t("This tenant is suspended. Ask the service's administrators."))
    fields = {
        name: value for name, value in changes.model_dump(exclude_unset=True).items() if value is not None
    }
    for name, value in fields.items():
        setattr(tenant, name, value)
    await session.flush()
    await record(session, "tenant.updated", "tenancy", "The tenant was changed.", metadata=fields)
    changed(session, "tenants", tenant.id)
    return _own(tenant, member.role)


async def delete_tenant(session: Session, member: Member, seen: Condition) -> None:
    """Delete the tenant with all that is in it. Accounts stay, and so does the audit trail.

    Raises:
        TenantNotFound: it was deleted a moment ago.
        ChangedMeanwhile: it is not what the caller has seen.
    """
    tenant = await _tenant(session, member.tenant_id, locked=True)
    await seen.check(session, tenant)
    await record(
        session, "tenant.deleted", "tenancy", "The tenant was deleted.", metadata={"name": tenant.name}
    )
    await session.delete(tenant)
    await session.flush()
    await TENANT_DELETED.emit(session, tenant_id=tenant.id)


async def suspend(session: Session, tenant_id: UUID, reason: str) -> TenantRead:
    """Close a tenant to its members, owners too.

    Raises:
        TenantNotFound: there is none with that id.
    """
    return await _set_status(session, tenant_id, TenantStatus.DISABLED, SUSPENDED, {"reason": reason})


async def resume(session: Session, tenant_id: UUID) -> TenantRead:
    """Let a suspended tenant go on.

    Raises:
        TenantNotFound: there is none with that id.
        Conflict: it is not suspended.
    """
    tenant = await repository.get_tenant(session, tenant_id)
    if tenant is not None and tenant.status != TenantStatus.DISABLED:
        raise Conflict(t("This tenant is not suspended."))
    return await _set_status(session, tenant_id, TenantStatus.ACTIVE, RESUMED, {})


def shown_to_members(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the tenant's trail, without the name and the place of an administrator of the platform."""
    if entry["action"] in BY_PLATFORM or entry["module"] == PANEL:
        return {**without_place(entry), "username": None}
    return entry


async def role_summary(session: Session, member: Member) -> RoleSummary:
    """How many members have which role, zero included."""
    row = await repository.role_summary(session, member.tenant_id)
    roles = {role: row[role.value] for role in Role}
    return RoleSummary(roles=roles, total=sum(roles.values()), pending_invitations=row["pending"])


async def _set_status(
    session: Session, tenant_id: UUID, status: TenantStatus, action: str, details: dict[str, str]
) -> TenantRead:
    await session.act_for(tenant=tenant_id)
    tenant = await _tenant(session, tenant_id, locked=True)
    tenant.status = status
    await session.flush()
    await record(session, action, "tenancy", f"The tenant is {status.value} now.", metadata=details)
    changed(session, "tenants", tenant_id)
    return TenantRead.model_validate(tenant)


async def _tenant(session: Session, tenant_id: UUID, *, locked: bool = False) -> Tenant:
    tenant = await repository.get_tenant(session, tenant_id, locked=locked)
    if tenant is None:
        raise TenantNotFound
    return tenant


def _own(tenant: Tenant, role: str) -> OwnTenant:
    return OwnTenant(**TenantRead.model_validate(tenant).model_dump(), role=Role(role))
