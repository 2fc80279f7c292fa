"""Routes of invitations: those of a tenant, and the answers of the invited."""

from typing import Annotated

from fastapi import Response

from fondasi.access import LacksWhatTheyGrant, Principal, authenticated, login_like
from fondasi.dependencies import CurrentPlatform, TenantReadSession, TenantUnitOfWork, UnitOfWork
from fondasi.kit.http import Listing, Router, Wanted, raises
from fondasi.tenancy import invitations, repository
from fondasi.tenancy.errors import (
    AlreadyMember,
    InvitationNotFound,
    InvitationPending,
    InvitationVoid,
    InvitedTooMany,
    TenantInactive,
    TenantSuspended,
    TooManyInvitations,
)
from fondasi.tenancy.guards import Member, in_tenant_path, require_in_tenant
from fondasi.tenancy.models import Invitation
from fondasi.tenancy.permissions import MANAGE_USERS
from fondasi.tenancy.registry import TenantPermissions
from fondasi.tenancy.schemas import (
    InvitationCreate,
    InvitationId,
    InvitationPreview,
    InvitationRead,
    OwnTenant,
    Token,
)

inside = Router(prefix="/tenants/{tenant_id}/invitations", tags=["tenants"], dependencies=[in_tenant_path])
answers = Router(prefix="/invitations", tags=["tenants"], dependencies=[login_like])
Inviting = Annotated[Member, require_in_tenant(MANAGE_USERS)]
Caller = Annotated[Principal, authenticated]
INVITATIONS = Listing(
    Invitation,
    InvitationRead,
    sort="-created_at",
    sortable=["created_at", "expires_at"],
    filters=["status", "is_expired", "role"],
    search=["email"],
    columns={"is_expired": repository.IS_EXPIRED},
)


@inside.get("", operation_id="list_invitations", **INVITATIONS.answers)
async def list_invitations(
    wanted: Annotated[Wanted, INVITATIONS.wanted], member: Inviting, session: TenantReadSession
) -> Response:
    """The invitations of a tenant, newest first."""
    return await wanted.answer(session, Invitation.of_tenant(member.tenant_id))


@inside.post(
    "",
    operation_id="invite_member",
    status_code=201,
    dependencies=[
        login_like,
        raises(AlreadyMember, InvitationPending, InvitedTooMany, LacksWhatTheyGrant, TooManyInvitations),
    ],
)
async def invite_member(
    new: InvitationCreate, member: Inviting, platform: CurrentPlatform, session: TenantUnitOfWork
) -> InvitationRead:
    """Invite the person behind an e-mail address, who becomes a member by accepting."""
    return await invitations.invite(session, platform, member, new)


@inside.post(
    "/{invitation_id}/resend",
    operation_id="resend_invitation",
    dependencies=[login_like, raises(InvitationNotFound, InvitationVoid, InvitedTooMany, LacksWhatTheyGrant)],
)
async def resend_invitation(
    invitation_id: InvitationId, member: Inviting, platform: CurrentPlatform, session: TenantUnitOfWork
) -> InvitationRead:
    """Send an invitation again; the token sent before ends."""
    return await invitations.resend(session, platform, member, invitation_id)


@inside.delete(
    "/{invitation_id}",
    operation_id="cancel_invitation",
    status_code=204,
    dependencies=[raises(InvitationNotFound, InvitationVoid)],
)
async def cancel_invitation(invitation_id: InvitationId, member: Inviting, session: TenantUnitOfWork) -> None:
    """Take an invitation back."""
    await invitations.revoke(session, member, invitation_id)


@answers.get(
    "/{token}", operation_id="read_invitation", dependencies=[raises(InvitationNotFound, InvitationVoid)]
)
async def read_invitation(token: Token, caller: Caller, session: UnitOfWork) -> InvitationPreview:
    """What the caller is invited to. The invitation is for the account that has its address."""
    return await invitations.preview(session, caller, token)


@answers.post(
    "/{token}/accept",
    operation_id="accept_invitation",
    dependencies=[raises(InvitationNotFound, InvitationVoid, AlreadyMember, TenantInactive, TenantSuspended)],
)
async def accept_invitation(
    token: Token, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> OwnTenant:
    """Become a member."""
    return await invitations.accept(session, platform.get(TenantPermissions), caller, token)


@answers.post(
    "/{token}/decline",
    operation_id="decline_invitation",
    status_code=204,
    dependencies=[raises(InvitationNotFound, InvitationVoid)],
)
async def decline_invitation(token: Token, caller: Caller, session: UnitOfWork) -> None:
    """Refuse an invitation."""
    await invitations.decline(session, caller, token)
