"""The rules of invitations: membership needs the invited person's consent, and a proof that the address is theirs.

The token is the tenant's id and a secret: the id lets the transaction name the tenant before it looks for the secret's
hash. It is in the message alone. Only the account that has the address may use it.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from fondasi.identity import as_email
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import current_language, t
from fondasi.kit.live import changed
from fondasi.messages import Channel, Message, Messenger, take
from fondasi.tenancy import repository
from fondasi.tenancy.author import lock_author
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
from fondasi.tenancy.events import MEMBER_JOINED
from fondasi.tenancy.models import Invitation, InvitationStatus, Membership, TenantStatus
from fondasi.tenancy.permissions import MANAGE_USERS
from fondasi.tenancy.registry import TenantPermissions
from fondasi.tenancy.schemas import InvitationPreview, InvitationRead, OwnTenant, TenantRead

if TYPE_CHECKING:
    from fondasi.access import Principal
    from fondasi.kit.db import Session
    from fondasi.platform import Platform
    from fondasi.tenancy.guards import Member
    from fondasi.tenancy.models import Tenant
    from fondasi.tenancy.schemas import InvitationCreate

SECRET_BYTES = 32
ID_BYTES = 16
MAX_OPEN = 200
DAY = timedelta(days=1)
TEMPLATE = "tenant-invitation"


async def invite(
    session: Session, platform: Platform, member: Member, new: InvitationCreate
) -> InvitationRead:
    """Send an invitation.

    Raises:
        LacksWhatTheyGrant: the role holds more than the caller.
        AlreadyMember: the address is that of a member.
        InvitationPending: it has an invitation that can still be accepted.
        TooManyInvitations: there are as many as a tenant may have.
        InvitedTooMany: the caller has sent as many as one person may in a day.
    """
    registry = platform.get(TenantPermissions)
    author = await lock_author(session, registry, member)
    author.check(registry.by_role[new.role])
    email = as_email(new.email)
    if email is None:
        raise InvalidInput.of("body.email", t("must be an e-mail address"), "email")
    if await repository.has_member_with_email(session, member.tenant_id, email):
        raise AlreadyMember
    earlier = await repository.pending_invitation(session, member.tenant_id, email)
    if earlier is not None:
        if earlier.expires_at > clock.now():
            raise InvitationPending
        earlier.status = InvitationStatus.REVOKED
        await session.flush()
    if await repository.count_open_invitations(session, member.tenant_id) >= MAX_OPEN:
        raise TooManyInvitations
    invitation = Invitation(
        tenant_id=member.tenant_id, email=email, role=new.role, invited_by=member.user_id, answered_at=None
    )
    session.add(invitation)
    await _send(session, platform, member, invitation)
    await _note(session, invitation, "sent")
    return _read(invitation)


async def resend(session: Session, platform: Platform, member: Member, invitation_id: UUID) -> InvitationRead:
    """Send an invitation again, in the caller's name: with a new token, the old one ends.

    Raises:
        InvitationNotFound: the tenant has no such invitation.
        InvitationVoid: it was answered or revoked.
        LacksWhatTheyGrant: its role holds more than the caller.
        InvitedTooMany: the caller has sent as many as one person may in a day.
    """
    registry = platform.get(TenantPermissions)
    author = await lock_author(session, registry, member)
    invitation = await _pending(session, member, invitation_id)
    author.check(registry.by_role[invitation.role])
    invitation.invited_by = member.user_id
    await _send(session, platform, member, invitation)
    await _note(session, invitation, "sent_again")
    return _read(invitation)


async def revoke(session: Session, member: Member, invitation_id: UUID) -> None:
    """Take an invitation back.

    Raises:
        InvitationNotFound: the tenant has no such invitation.
        InvitationVoid: it was answered or revoked.
    """
    invitation = await _pending(session, member, invitation_id)
    invitation.status = InvitationStatus.REVOKED
    await session.flush()
    await _note(session, invitation, "revoked")


async def preview(session: Session, caller: Principal, token: str) -> InvitationPreview:
    """What the caller is invited to.

    Raises:
        InvitationNotFound: there is none with that token, or it is for another address.
        InvitationVoid: it does not hold any more.
    """
    tenant, invitation = await _found(session, caller, token)
    return InvitationPreview(
        tenant_id=tenant.id,
        tenant=tenant.name,
        description=tenant.description,
        role=invitation.role,
        expires_at=invitation.expires_at,
    )


async def accept(session: Session, registry: TenantPermissions, caller: Principal, token: str) -> OwnTenant:
    """Make the caller a member.

    Raises:
        InvitationNotFound: there is none with that token, or it is for another address.
        InvitationVoid: it does not hold any more, or who sent it may not invite to that role any more.
        TenantSuspended: by the platform.
        TenantInactive: by an owner.
        AlreadyMember: they are one.
    """
    tenant, invitation = await _found(session, caller, token, locked=True)
    if tenant.status == TenantStatus.DISABLED:
        raise TenantSuspended
    if tenant.status != TenantStatus.ACTIVE:
        raise TenantInactive
    if not await _still_allowed(session, registry, invitation):
        raise InvitationVoid
    session.add(Membership(tenant_id=tenant.id, user_id=caller.user_id, role=invitation.role))
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyMember from None
    await _answer(session, invitation, InvitationStatus.ACCEPTED)
    await MEMBER_JOINED.emit(session, user_id=caller.user_id, role=invitation.role)
    changed(session, "members", caller.user_id)
    return OwnTenant(**TenantRead.model_validate(tenant).model_dump(), role=invitation.role)


async def decline(session: Session, caller: Principal, token: str) -> None:
    """Refuse an invitation.

    Raises:
        InvitationNotFound: there is none with that token, or it is for another address.
        InvitationVoid: it does not hold any more.
    """
    _, invitation = await _found(session, caller, token, locked=True)
    await _answer(session, invitation, InvitationStatus.DECLINED)


async def _found(
    session: Session, caller: Principal, token: str, *, locked: bool = False
) -> tuple[Tenant, Invitation]:
    """The invitation of a token, which still holds and is for the caller's address; its tenant."""
    raw = urlsafe_b64decode(token)
    tenant_id = UUID(bytes=raw[:ID_BYTES])
    await session.act_for(tenant=tenant_id)
    invitation = await repository.invitation_by_hash(session, tenant_id, _hash(raw[ID_BYTES:]))
    if invitation is None or invitation.email != caller.account.get("email"):
        raise InvitationNotFound
    tenant = await repository.get_tenant(session, tenant_id, locked=locked)
    if tenant is None:
        raise InvitationNotFound
    if locked:  # it may have been answered while this one waited
        await session.refresh(invitation)
    if invitation.status != InvitationStatus.PENDING or invitation.expires_at <= clock.now():
        raise InvitationVoid
    return tenant, invitation


async def _still_allowed(session: Session, registry: TenantPermissions, invitation: Invitation) -> bool:
    """Whether who sent it could send it now: their rights may have ended since."""
    if invitation.invited_by is None:
        return False
    found = await repository.rights(session, invitation.tenant_id, invitation.invited_by)
    if found is None:
        return False
    return registry.by_role[invitation.role] | {MANAGE_USERS} <= registry.effective(*found)


async def _pending(session: Session, member: Member, invitation_id: UUID) -> Invitation:
    invitation = await repository.get_invitation(session, member.tenant_id, invitation_id)
    if invitation is None:
        raise InvitationNotFound
    if invitation.status != InvitationStatus.PENDING:
        raise InvitationVoid
    return invitation


async def _send(session: Session, platform: Platform, member: Member, invitation: Invitation) -> None:
    """Give an invitation a new token and a new time, and send it."""
    days = platform.settings.invitation_days
    secret = secrets.token_bytes(SECRET_BYTES)
    invitation.token_hash = _hash(secret)
    invitation.expires_at = clock.now() + timedelta(days=days)
    try:
        await session.flush()
    except IntegrityError:
        raise InvitationPending from None
    # Anybody may found tenants and invite to them.
    if wait := await take(
        session, f"invitations {member.user_id}", platform.settings.invitation_per_day, DAY
    ):
        raise InvitedTooMany(wait)
    tenant = await repository.get_tenant(session, member.tenant_id)
    account = member.principal.account
    values = {
        "tenant": tenant.name if tenant else "",
        "inviter": " ".join(
            (account.get("name") or member.principal.username).split()
        ),  # no lines of their own
        "role": invitation.role,
        "days": days,
        "token": urlsafe_b64encode(member.tenant_id.bytes + secret).decode(),
    }
    message = Message(
        Channel.EMAIL,
        invitation.email,
        TEMPLATE,
        values,
        language=await repository.language_of(session, invitation.email) or current_language(),
        package="fondasi.tenancy",
        expires_at=invitation.expires_at,
    )
    messenger, most = platform.get(Messenger), platform.settings.invitation_recipient_per_day
    # In silence, for the answer would tell what other tenants send.
    if await messenger.sent_since(session, invitation.email, TEMPLATE, clock.now() - DAY) < most:
        await messenger.send(session, message)


async def _answer(session: Session, invitation: Invitation, status: InvitationStatus) -> None:
    invitation.status, invitation.answered_at = status, clock.now()
    await session.flush()
    await _note(session, invitation, status.value)


async def _note(session: Session, invitation: Invitation, what: str) -> None:
    await record(
        session,
        f"tenant.invitation.{what}",
        "tenancy",
        f"Invitation: {what.replace('_', ' ')}.",
        metadata={"invitation": str(invitation.id), "role": invitation.role},
    )


def _read(invitation: Invitation) -> InvitationRead:
    return InvitationRead.model_validate(invitation)


def _hash(secret: bytes) -> bytes:
    """SHA-256: the secret is too long to be guessed, so nothing slower is needed."""
    return hashlib.sha256(secret).digest()
