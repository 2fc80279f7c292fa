"""What the routes of tenants, members and invitations take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from fondasi.identity import Email
from fondasi.kit.http import Translated, worded
from fondasi.tenancy.models import InvitationStatus, Role, TenantStatus

TOKEN_LENGTH = 64
LINE = worded(r"^[^\x00-\x1f\x7f]*$", "use one line, without control characters")
TenantName = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE, examples=["Readers"])]
Description = Annotated[str, Field(max_length=2000, examples=["Who reads judgments together."])]
Code = Annotated[
    str,
    Field(
        min_length=3,
        max_length=100,
        description="Code of a permission inside the tenant.",
        examples=["manage_users"],
    ),
]
MemberId = Annotated[UUID, Path(description="Id of the member's account.")]
InvitationId = Annotated[UUID, Path(description="Id of the invitation.")]
Token = Annotated[
    str,
    Path(
        pattern=worded(rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$", "take the token from the invitation as it is"),
        description="From the invitation's message.",
    ),
]


class Strict(BaseModel):
    """A body that may hold the fields named here and no others."""

    model_config = ConfigDict(extra="forbid")


class TenantCreate(Strict):
    """A new tenant, owned by who creates it."""

    name: TenantName
    description: Description = ""


class TenantUpdate(Strict):
    """What may be changed of a tenant. An `inactive` one is closed to all but its owners."""

    name: TenantName | None = None
    description: Description | None = None
    status: Literal["active", "inactive"] | None = None


class Suspension(Strict):
    """Why a tenant is suspended, for the audit trail."""

    reason: str = Field("", max_length=500, examples=["Unpaid since June."])


class TenantRead(BaseModel):
    """A tenant."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: str
    status: TenantStatus
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


class OwnTenant(TenantRead):
    """A tenant that the caller is in."""

    role: Role = Field(description="The caller's role in it.")


class ListedTenant(OwnTenant):
    """A tenant that the caller is in, in the list of theirs."""

    members: int = Field(description="How many members it has.", examples=[12])


class TenantExport(BaseModel):
    """All that a tenant has."""

    tenant: TenantRead
    exported_at: datetime
    tables: dict[str, list[dict[str, Any]]] = Field(description="Rows by table, without hashes and secrets.")


class RoleSummary(BaseModel):
    """How many members have which role."""

    roles: dict[Role, int]
    total: int
    pending_invitations: int


class TenantPermissionRead(BaseModel):
    """A permission inside a tenant."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    description: Translated
    role: Role = Field(description="The lowest role that holds it.")


class TenantPermissionList(BaseModel):
    """All permissions inside a tenant, by code."""

    permissions: list[TenantPermissionRead]


class MemberRead(BaseModel):
    """A member of a tenant."""

    user_id: UUID
    username: str
    name: str
    role: Role
    permissions: list[str] = Field(description="Given beside those of the role.")
    joined_at: datetime


class MemberDetails(MemberRead):
    """A member, and all that they hold."""

    effective: list[str]


class RoleChange(Strict):
    """Another role for a member."""

    role: Role


class MemberPermissions(Strict):
    """All permissions that a member shall hold beside those of their role."""

    permissions: list[Code] = Field(max_length=200)


class OwnershipTransfer(Strict):
    """Who shall own the tenant."""

    user_id: UUID


class InvitationCreate(Strict):
    """An invitation by e-mail. It makes nobody an owner: owners make owners of members."""

    email: Email
    role: Literal["member", "admin"] = "member"


class InvitationRead(BaseModel):
    """An invitation, without its token."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    role: Role
    status: InvitationStatus
    is_expired: bool
    invited_by: UUID | None
    expires_at: datetime
    answered_at: datetime | None
    created_at: datetime


class InvitationPreview(BaseModel):
    """An invitation, for the invited person."""

    tenant_id: UUID
    tenant: str
    description: str
    role: Role
    expires_at: datetime
