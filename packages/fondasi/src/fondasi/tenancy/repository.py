"""Queries for tenants, members and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, RowMapping, Select, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, Text

from fondasi.identity import User
from fondasi.kit import clock
from fondasi.tenancy.models import (
    Invitation,
    InvitationStatus,
    Membership,
    MembershipPermission,
    Role,
    Tenant,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session
    from fondasi.tenancy.registry import TenantPermissions

_PRESENT = User.deleted_at.is_(None)
_DIRECT = func.array(
    select(MembershipPermission.permission)
    .where(
        MembershipPermission.tenant_id == Membership.tenant_id,
        MembershipPermission.user_id == Membership.user_id,
    )
    .order_by(MembershipPermission.permission)
    .scalar_subquery(),
    type_=ARRAY(Text),
)


MEMBER: dict[str, Any] = {
    "username": User.username,
    "name": User.name,
    "permissions": _DIRECT,
    "joined_at": Membership.created_at,
}
MEMBERS = func.tenancy_member_count(Tenant.id, type_=Integer)
IS_EXPIRED = and_(Invitation.status == InvitationStatus.PENDING, Invitation.expires_at <= func.now())


def with_memberships(query: Select[Any]) -> Select[Any]:
    """A query of tenants, with their memberships."""
    return query.join(Membership, Membership.tenant_id == Tenant.id)


def with_users(query: Select[Any]) -> Select[Any]:
    """A query of memberships, with whose they are."""
    return query.join(User, User.id == Membership.user_id)


async def get_tenant(session: Session, tenant_id: UUID, *, locked: bool = False) -> Tenant | None:
    """A tenant.

    Args:
        session: where to look.
        tenant_id: its id.
        locked: let others who change its members wait; rows that refer to it can be written.
    """
    query = select(Tenant).where(Tenant.id == tenant_id)
    return (await session.scalars(query.with_for_update(key_share=True) if locked else query)).first()


async def keep_account(session: Session, user_id: UUID) -> None:
    """Let nobody delete an account until the unit of work ends. Call it before locking a tenant, as deleting does."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(read=True))


async def tenant_ids(session: Session) -> Sequence[UUID]:
    """All tenants, for work that goes through them one after the other; the session names none."""
    return (await session.scalars(select(Tenant.id).order_by(Tenant.id))).all()


async def role_summary(session: Session, tenant_id: UUID) -> RowMapping:
    """How many members have which role, and how many invitations are open, in one statement."""
    members = (
        select(Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.of_tenant(tenant_id), _PRESENT)
        .subquery()
    )
    counts = [func.count().filter(members.c.role == role.value).label(role.value) for role in Role]
    pending = (
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.of_tenant(tenant_id), *_open())
        .scalar_subquery()
    )
    return (
        (await session.execute(select(*counts, pending.label("pending")).select_from(members)))
        .mappings()
        .one()
    )


def members_of(tenant_id: UUID) -> list[ColumnElement[bool]]:
    """What holds for the members of a tenant."""
    return [Membership.of_tenant(tenant_id), _PRESENT]


def search_members(words: str) -> ColumnElement[bool]:
    """Members whose name has words in it, or whose user name begins so."""
    return or_(User.username.istartswith(words, autoescape=True), User.name.icontains(words, autoescape=True))


async def get_member(session: Session, tenant_id: UUID, user_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """A member with name and single permissions."""
    named: list[Any] = [column.label(name) for name, column in MEMBER.items()]
    query = with_users(select(Membership.user_id, Membership.role, *named).select_from(Membership))
    query = query.where(*members_of(tenant_id), Membership.user_id == user_id)
    found: Row[*tuple[Any, ...]] | None = (await session.execute(query)).first()
    return found


async def rights(session: Session, tenant_id: UUID, user_id: UUID) -> tuple[str, list[str]] | None:
    """A member's role and single permissions as they are now; None of one whose account cannot be used."""
    query = (
        select(Membership.role, _DIRECT)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.of_tenant(tenant_id),
            Membership.user_id == user_id,
            _PRESENT,
            User.status == "active",
        )
    )
    row = (await session.execute(query)).first()
    return (row[0], list(row[1])) if row else None


async def still_holds_in_tenant(
    session: Session, registry: TenantPermissions, tenant_id: UUID, user_id: UUID, permission: str
) -> bool:
    """Whether a member holds a permission in a tenant that is open now, by code: for work that was asked for before."""
    tenant = await get_tenant(session, tenant_id)
    found = await rights(session, tenant_id, user_id)
    if tenant is None or tenant.status != "active" or found is None:
        return False
    return permission in registry.effective(*found)


async def set_role(session: Session, tenant_id: UUID, user_id: UUID, role: str) -> None:
    """Give a member another role."""
    await session.execute(
        update(Membership)
        .where(Membership.of_tenant(tenant_id), Membership.user_id == user_id)
        .values(role=role)
    )


async def change_permissions(
    session: Session, tenant_id: UUID, user_id: UUID, added: Collection[str], removed: Collection[str]
) -> None:
    """Give a member single permissions, and take others."""
    session.add_all(
        MembershipPermission(tenant_id=tenant_id, user_id=user_id, permission=code) for code in sorted(added)
    )
    await session.flush()
    if removed:
        await session.execute(
            delete(MembershipPermission).where(
                MembershipPermission.of_tenant(tenant_id),
                MembershipPermission.user_id == user_id,
                MembershipPermission.permission.in_(removed),
            )
        )


async def remove_member(session: Session, tenant_id: UUID, user_id: UUID) -> None:
    """End a membership, with the invitations that the member sent."""
    await session.execute(
        delete(Membership).where(Membership.of_tenant(tenant_id), Membership.user_id == user_id)
    )
    await session.execute(
        update(Invitation)
        .where(
            Invitation.of_tenant(tenant_id),
            Invitation.invited_by == user_id,
            Invitation.status == InvitationStatus.PENDING,
        )
        .values(status=InvitationStatus.REVOKED)
    )


async def has_member_with_email(session: Session, tenant_id: UUID, email: str) -> bool:
    """Whether a member's account has that address."""
    query = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.of_tenant(tenant_id), User.email == email, _PRESENT)
    )
    return bool(await session.scalar(select(query.exists())))


async def language_of(session: Session, email: str) -> str | None:
    """The language of the account with that address."""
    query = select(User.language).where(User.email == email, _PRESENT)
    return (await session.scalars(query)).first()


async def get_invitation(session: Session, tenant_id: UUID, invitation_id: UUID) -> Invitation | None:
    """An invitation, locked."""
    query = select(Invitation).where(Invitation.of_tenant(tenant_id), Invitation.id == invitation_id)
    return (await session.scalars(query.with_for_update())).first()


async def invitation_by_hash(session: Session, tenant_id: UUID, token_hash: bytes) -> Invitation | None:
    """The invitation with that token."""
    query = select(Invitation).where(Invitation.of_tenant(tenant_id), Invitation.token_hash == token_hash)
    return (await session.scalars(query)).first()


async def pending_invitation(session: Session, tenant_id: UUID, email: str) -> Invitation | None:
    """The invitation of an address that was not answered, expired or not."""
    query = select(Invitation).where(
        Invitation.of_tenant(tenant_id),
        Invitation.email == email,
        Invitation.status == InvitationStatus.PENDING,
    )
    return (await session.scalars(query)).first()


async def count_open_invitations(session: Session, tenant_id: UUID) -> int:
    """How many invitations can still be accepted."""
    query = select(func.count()).select_from(Invitation).where(Invitation.of_tenant(tenant_id), *_open())
    return await session.scalar(query) or 0


async def delete_invitations(session: Session, tenant_id: UUID, before: datetime) -> int:
    """Delete invitations that expired before a moment; how many there were."""
    gone = delete(Invitation).where(Invitation.of_tenant(tenant_id), Invitation.expires_at < before)
    return len((await session.scalars(gone.returning(Invitation.id))).all())


def _open() -> list[Any]:
    return [Invitation.status == InvitationStatus.PENDING, Invitation.expires_at > clock.now()]
