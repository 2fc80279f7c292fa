"""What is told of tenants, and inside them of their members: ids and roles."""

from uuid import UUID

from pydantic import BaseModel

from fondasi.kit.events import Event, Where
from fondasi.tenancy.models import Role


class TenantTold(BaseModel):
    """Which tenant."""

    tenant_id: UUID


class MemberTold(BaseModel):
    """Which member, and their role."""

    user_id: UUID
    role: Role


class MemberLeft(BaseModel):
    """Who is a member no more."""

    user_id: UUID


TENANT_CREATED = Event("tenant.created", "A tenant was made.", TenantTold)
TENANT_DELETED = Event("tenant.deleted", "A tenant was deleted with all that was in it.", TenantTold)
MEMBER_JOINED = Event("member.joined", "Somebody became a member.", MemberTold, Where.TENANT)
MEMBER_LEFT = Event("member.left", "A member left, or was removed.", MemberLeft, Where.TENANT)
MEMBER_ROLE_CHANGED = Event("member.role_changed", "A member got another role.", MemberTold, Where.TENANT)
EVENTS = [TENANT_CREATED, TENANT_DELETED, MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED]
