"""The rules of members: nobody gives what they lack or raises their own rights; owners see to owners, and one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.kit.audit import record
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t
from fondasi.kit.live import changed
from fondasi.tenancy import repository
from fondasi.tenancy.author import lock_author
from fondasi.tenancy.errors import MemberNotFound, RaisesOwnRights
from fondasi.tenancy.events import MEMBER_LEFT, MEMBER_ROLE_CHANGED
from fondasi.tenancy.models import Role
from fondasi.tenancy.registry import RANK, TenantPermissions
from fondasi.tenancy.schemas import MemberDetails, MemberRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.tenancy.author import Author
    from fondasi.tenancy.guards import Member


async def read_member(
    session: Session, registry: TenantPermissions, member: Member, user_id: UUID
) -> MemberDetails:
    """A member and all that they hold.

    Raises:
        MemberNotFound: the tenant has no such member.
    """
    row = await repository.get_member(session, member.tenant_id, user_id)
    if row is None:
        raise MemberNotFound
    shown = MemberRead.model_validate(row, from_attributes=True)
    held = registry.effective(shown.role, shown.permissions) & registry.codes
    return MemberDetails(**shown.model_dump(), effective=sorted(held))


async def change_role(
    session: Session, registry: TenantPermissions, member: Member, user_id: UUID, role: Role
) -> MemberDetails:
    """Give a member another role; it acts with their next request.

    Raises:
        MemberNotFound: the tenant has no such member.
        OwnersOnly: they are an owner or would become one, and the caller is none.
        StepUpRequired: likewise, and the caller's last proof of who they are is too old.
        LacksWhatTheyGrant: they hold, or would hold, more than the caller.
        RaisesOwnRights: the caller would rise.
        Conflict: the tenant would lose its last owner.
    """
    author, target, _ = await _touchable(session, registry, member, user_id)
    author.check_owners(role)
    author.check(registry.by_role[role])
    if user_id == author.user_id and RANK[role] > RANK[Role(target)]:
        raise RaisesOwnRights
    if target != role:
        await _set_role(session, member.tenant_id, user_id, role)
        await _note(session, "role_changed", user_id, {"from": target, "to": role.value})
    return await read_member(session, registry, member, user_id)


async def set_permissions(
    session: Session, registry: TenantPermissions, member: Member, user_id: UUID, codes: Collection[str]
) -> MemberDetails:
    """Make these the single permissions of a member.

    Raises:
        InvalidInput: a code that no module declares.
        MemberNotFound: the tenant has no such member.
        OwnersOnly: they are an owner, and the caller is none.
        StepUpRequired: likewise, or they would get what owners alone hold; and the caller's last proof is too old.
        LacksWhatTheyGrant: they hold, or would get or lose, more than the caller holds.
        RaisesOwnRights: the caller would give themselves something.
    """
    if unknown := sorted(set(codes) - registry.codes):
        raise InvalidInput.of(
            "body.permissions", t("there is no permission {code}", code=unknown[0]), "unknown_permission"
        )
    author, _, direct = await _touchable(session, registry, member, user_id)
    current = (
        direct & registry.codes
    )  # those of modules that are switched off are nobody's to see, so they stay
    added, removed = set(codes) - current, current - set(codes)
    author.check(added | removed)
    if added - registry.by_role[Role.ADMIN]:
        author.check_proof()  # who is given these could do for the caller what asks the caller for a proof
    if added and user_id == author.user_id:
        raise RaisesOwnRights
    await repository.change_permissions(session, member.tenant_id, user_id, added, removed)
    if added or removed:
        details = {"added": sorted(added), "removed": sorted(removed)}
        await _note(session, "permissions_changed", user_id, details)
        changed(session, "members", user_id)
    return await read_member(session, registry, member, user_id)


async def remove_member(session: Session, registry: TenantPermissions, member: Member, user_id: UUID) -> None:
    """End somebody's membership; their account is their own and stays.

    Raises:
        MemberNotFound: the tenant has no such member.
        OwnersOnly: they are an owner, and the caller is none.
        StepUpRequired: they are an owner, and the caller's last proof of who they are is too old.
        LacksWhatTheyGrant: they hold more than the caller.
        Conflict: the tenant would lose its last owner.
    """
    await _touchable(session, registry, member, user_id)
    await _remove(session, member.tenant_id, user_id)
    await _note(session, "removed", user_id, {})


async def leave(session: Session, registry: TenantPermissions, member: Member) -> None:
    """End the caller's own membership.

    Raises:
        TenantNotFound: the tenant was deleted a moment ago.
        StepUpRequired: the caller is an owner, and their last proof of who they are is too old.
        Conflict: they are the last owner.
    """
    author = await lock_author(session, registry, member)
    author.check_owners(author.role)
    await _remove(session, member.tenant_id, member.user_id)
    await _note(session, "left", member.user_id, {})


async def transfer_ownership(
    session: Session, registry: TenantPermissions, member: Member, user_id: UUID
) -> MemberDetails:
    """Make a member the owner in the caller's place, who stays as an administrator.

    Raises:
        OwnersOnly: the caller is none.
        MemberNotFound: the tenant has no such member, or their account is not in use.
    """
    await repository.keep_account(session, user_id)  # else the tenant could end up with a deleted owner
    author = await lock_author(session, registry, member)
    author.check_owners(Role.OWNER)
    if await repository.rights(session, member.tenant_id, user_id) is None:
        raise MemberNotFound
    if user_id != author.user_id:
        await _set_role(session, member.tenant_id, user_id, Role.OWNER)
        await _set_role(session, member.tenant_id, author.user_id, Role.ADMIN)
        await _note(session, "ownership_transferred", user_id, {"from": str(author.user_id)})
    return await read_member(session, registry, member, user_id)


async def _touchable(
    session: Session, registry: TenantPermissions, member: Member, user_id: UUID
) -> tuple[Author, str, frozenset[str]]:
    """The caller under the lock, and role and single permissions of a member who holds no more than they do."""
    author = await lock_author(session, registry, member)
    row = await repository.get_member(session, member.tenant_id, user_id)
    if row is None:
        raise MemberNotFound
    role, direct = row.role, frozenset(row.permissions)
    author.check_owners(role)
    author.check(registry.effective(role, direct))
    return author, role, direct


async def _set_role(session: Session, tenant_id: UUID, user_id: UUID, role: Role) -> None:
    await repository.set_role(session, tenant_id, user_id, role)
    await MEMBER_ROLE_CHANGED.emit(session, user_id=user_id, role=role)
    changed(session, "members", user_id)


async def _remove(session: Session, tenant_id: UUID, user_id: UUID) -> None:
    await repository.remove_member(session, tenant_id, user_id)
    await MEMBER_LEFT.emit(session, user_id=user_id)
    changed(session, "members", user_id)


async def _note(session: Session, what: str, user_id: UUID, details: dict[str, Any]) -> None:
    await record(
        session,
        f"tenant.member.{what}",
        "tenancy",
        f"Member: {what.replace('_', ' ')}.",
        subject_id=user_id,
        metadata={"member": str(user_id), **details},
    )
