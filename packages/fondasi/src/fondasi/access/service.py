"""The rules of groups and grants.

Above all: nobody grants, edits or takes away what they lack, and nobody raises their own rights.

Every change is made under one lock and judged by what its author holds then, not by what they held when they asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from fondasi.access import repository
from fondasi.access.author import author_of, check_known, refuse_superior
from fondasi.access.errors import GroupNameTaken, RaisesOwnRights, SeededGroupStays
from fondasi.access.models import Group
from fondasi.access.registry import SeededGroup
from fondasi.access.schemas import GroupDetails, GroupRead, UserPermissions
from fondasi.kit.audit import record
from fondasi.kit.http import Condition, InvalidInput, NotFound
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from fondasi.access.author import Author
    from fondasi.access.principal import Principal
    from fondasi.access.registry import Permission, PermissionRegistry
    from fondasi.access.schemas import GroupCreate, GroupUpdate
    from fondasi.kit.db import Session

ROOM = "access"
UNSEEN = Condition()
MOST_TOLD = 100  # codes of a set before and after a change in the audit trail, which caps its entries
MOST_GROUPS = 10_000


def find_permission(registry: PermissionRegistry, code: str) -> Permission:
    """A permission.

    Raises:
        NotFound: there is none with that code.
    """
    found = registry.get(code)
    if found is None:
        raise NotFound(t("There is no such permission. GET /permissions lists all."))
    return found


async def find_group(session: Session, group_id: UUID) -> Group:
    """A group.

    Raises:
        NotFound: there is none with that id.
    """
    group = await repository.get_group(session, group_id)
    if group is None:
        raise NotFound(t("There is no such group."))
    return group


async def read_group(session: Session, registry: PermissionRegistry, group_id: UUID) -> GroupDetails:
    """A group with what it holds.

    Raises:
        NotFound: there is none with that id.
    """
    return await _details(session, registry, await find_group(session, group_id))


async def create_group(
    session: Session, caller: Principal, registry: PermissionRegistry, new: GroupCreate
) -> GroupDetails:
    """Create a group that holds nothing.

    Raises:
        GroupNameTaken: there is one of that name.
    """
    await author_of(session, registry, caller)
    group = Group(name=new.name, description=new.description)
    session.add(group)
    await _flush(session, new.name)
    await record(session, "groups.create", ROOM, f"Created the group {group.name}.", metadata=_about(group))
    return await _details(session, registry, group)


async def edit_group(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    group_id: UUID,
    changes: GroupUpdate,
    *,
    seen: Condition = UNSEEN,
) -> GroupDetails:
    """Rename or describe a group.

    Raises:
        NotFound: there is none with that id.
        ChangedMeanwhile: it is not what the caller has seen.
        LacksWhatTheyGrant: it holds more than the caller.
        SeededGroupStays: a seeded one keeps its name.
        GroupNameTaken: there is another of that name.
    """
    group = await _editable(session, caller, registry, group_id)
    await seen.check(session, group)
    before = _about(group)
    if changes.name is not None and changes.name != group.name:
        if group.seeded:
            raise SeededGroupStays(t("A seeded group keeps its name. Create a group of your own instead."))
        group.name = changes.name
    if changes.description is not None:
        group.description = changes.description
    await _flush(session, changes.name or "")
    await record(
        session,
        "groups.edit",
        ROOM,
        f"Edited the group {group.name}.",
        metadata={"from": before, "to": _about(group)},
    )
    return await _details(session, registry, group)


async def delete_group(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    group_id: UUID,
    *,
    seen: Condition = UNSEEN,
) -> None:
    """Delete a group; its members lose what they held through it with their next request.

    Raises:
        NotFound: there is none with that id.
        ChangedMeanwhile: it is not what the caller has seen.
        LacksWhatTheyGrant: it holds more than the caller.
        SeededGroupStays: it is a seeded one.
    """
    group = await _editable(session, caller, registry, group_id)
    await seen.check(session, group)
    if group.seeded:
        raise SeededGroupStays(t("A seeded group cannot be deleted. Take its members or permissions away."))
    held = (await repository.permissions_of(session, registry, [group]))[group.name]
    await session.delete(group)
    await session.flush()
    await record(
        session,
        "groups.delete",
        ROOM,
        f"Deleted the group {group.name}.",
        metadata={**_about(group), "permissions": sorted(held)},
    )


async def set_group_permissions(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    group_id: UUID,
    codes: Collection[str],
    *,
    seen: Condition = UNSEEN,
) -> GroupDetails:
    """Make a group hold exactly these permissions.

    Raises:
        NotFound: there is none with that id.
        ChangedMeanwhile: it is not what the caller has seen.
        InvalidInput: a code that no module declares.
        LacksWhatTheyGrant: it holds, or would hold, more than the caller.
        RaisesOwnRights: the caller is in the group and it would hold more than before.
        SeededGroupStays: `super_admin` holds everything.
    """
    check_known(registry, codes)
    author = await author_of(session, registry, caller)
    group = await find_group(session, group_id)
    await seen.check(session, group)
    if group.name == SeededGroup.SUPER_ADMIN:
        raise SeededGroupStays(t("super_admin holds everything, always. Edit another group."))
    held = (await repository.permissions_of(session, registry, [group]))[group.name]
    author.check(held.union(codes))
    added = set(codes) - held
    if added and not author.is_superuser:
        mine = await repository.groups_of(session, author.user_id)
        if group.id in {item.id for item in mine}:
            raise RaisesOwnRights(t("You are in this group. Ask another administrator to add to it."))
    await repository.replace_group_permissions(session, registry, group, codes)
    if held & registry.codes != set(codes):
        group.touch("permissions")
        await session.flush()
    await record(
        session,
        "groups.set_permissions",
        ROOM,
        f"Set what the group {group.name} holds.",
        metadata={**_about(group), **_difference(held & registry.codes, codes)},
    )
    return await _details(session, registry, group)


async def read_groups_of(session: Session, reference: str) -> Sequence[Group]:
    """The groups that a user is in.

    Raises:
        NotFound: there is no such user.
    """
    return await repository.groups_of(session, await _user(session, reference))


async def set_groups_of(
    session: Session,
    caller: Principal,
    registry: PermissionRegistry,
    reference: str,
    group_ids: Collection[UUID],
) -> Sequence[Group]:
    """Make a user a member of exactly these groups.

    Raises:
        NotFound: there is no such user.
        InvalidInput: an id of no group.
        LacksWhatTheyGrant: the user, or a group that they would join or leave, holds more than the caller.
        RaisesOwnRights: the caller would join a group.
    """
    author = await author_of(session, registry, caller)
    user_id = await _touchable(session, author, registry, reference)
    wanted = {group.id: group for group in await repository.groups_by_id(session, set(group_ids))}
    if missing := set(group_ids) - wanted.keys():
        raise InvalidInput.of(
            "body.group_ids", t("there is no group with the id {id}", id=min(missing)), "unknown_group"
        )
    current = {group.id: group for group in await repository.groups_of(session, user_id)}
    joining, leaving = wanted.keys() - current.keys(), current.keys() - wanted.keys()
    moved = [group for key, group in {**current, **wanted}.items() if key in joining | leaving]
    for group in moved:
        author.check_super_admin(group)
    author.check(frozenset().union(*(await repository.permissions_of(session, registry, moved)).values()))
    _check_self(author, user_id, adds=bool(joining))
    await repository.join_groups(session, user_id, joining)
    await repository.leave_groups(session, user_id, leaving)
    before, after = {group.name for group in current.values()}, {group.name for group in wanted.values()}
    await record(
        session,
        "users.set_groups",
        ROOM,
        "Set the groups of a user.",
        subject_id=user_id,
        metadata={"user_id": user_id, **_difference(before, after)},
    )
    return await repository.groups_of(session, user_id)


async def all_groups(session: Session) -> Sequence[Group]:
    """All groups, by name."""
    return await repository.groups(session, MOST_GROUPS)


async def add_to_group(session: Session, reference: str, name: str) -> UUID:
    """Put a user into a group, for the commands of whoever runs the service; the user's id.

    Raises:
        NotFound: there is no such user, or no such group.
    """
    await repository.lock(session)
    user_id = await _user(session, reference)
    found = next((group for group in await all_groups(session) if group.name == name), None)
    if found is None:
        raise NotFound(t("There is no such group."))
    if found not in await repository.groups_of(session, user_id):
        await repository.join_groups(session, user_id, {found.id})
    return user_id


async def read_permissions_of(
    session: Session, registry: PermissionRegistry, reference: str
) -> UserPermissions:
    """What a user may do.

    Raises:
        NotFound: there is no such user.
    """
    return await _permissions(session, registry, await _user(session, reference))


async def read_own_permissions(
    session: Session, caller: Principal, registry: PermissionRegistry
) -> UserPermissions:
    """What the caller may do; behind an API key, what the key may do."""
    found = await _permissions(session, registry, caller.user_id)
    if caller.api_key_id is not None:
        found.is_superuser, found.effective = False, sorted(caller.permissions & registry.codes)
    return found


async def set_permissions_of(
    session: Session, caller: Principal, registry: PermissionRegistry, reference: str, codes: Collection[str]
) -> UserPermissions:
    """Make these a user's direct grants.

    Raises:
        NotFound: there is no such user.
        InvalidInput: a code that no module declares.
        LacksWhatTheyGrant: the user holds, or would get or lose, more than the caller holds.
        RaisesOwnRights: the caller would grant themselves something.
    """
    check_known(registry, codes)
    author = await author_of(session, registry, caller)
    user_id = await _touchable(session, author, registry, reference)
    # Grants of modules that are switched off are nobody's to see, so they stay.
    current = await repository.direct_permissions(session, user_id) & registry.codes
    added, removed = set(codes) - current, current - set(codes)
    author.check(added | removed)
    _check_self(author, user_id, adds=bool(added))
    await repository.grant(session, user_id, added)
    await repository.revoke(session, user_id, removed)
    await record(
        session,
        "users.set_permissions",
        ROOM,
        "Set the direct grants of a user.",
        subject_id=user_id,
        metadata={"user_id": user_id, **_difference(current, codes)},
    )
    return await _permissions(session, registry, user_id)


def _check_self(author: Author, user_id: UUID, *, adds: bool) -> None:
    # Even of what one holds: it would outlive the group that it comes from.
    if adds and user_id == author.user_id and not author.is_superuser:
        raise RaisesOwnRights(t("Nobody adds to their own rights. Ask another administrator."))


async def _touchable(session: Session, author: Author, registry: PermissionRegistry, reference: str) -> UUID:
    """The id of a user who holds no more than the author."""
    user_id = await _user(session, reference)
    await refuse_superior(session, author, registry, user_id)
    return user_id


async def _editable(
    session: Session, caller: Principal, registry: PermissionRegistry, group_id: UUID
) -> Group:
    """A group that holds no more than the caller."""
    author = await author_of(session, registry, caller)
    group = await find_group(session, group_id)
    author.check_super_admin(group)
    author.check((await repository.permissions_of(session, registry, [group]))[group.name])
    return group


async def _user(session: Session, reference: str) -> UUID:
    user_id = await repository.find_user(session, reference)
    if user_id is None:
        raise NotFound(t("There is no such user."))
    return user_id


async def _details(session: Session, registry: PermissionRegistry, group: Group) -> GroupDetails:
    held = (await repository.permissions_of(session, registry, [group]))[group.name]
    return GroupDetails(
        **GroupRead.model_validate(group).model_dump(), permissions=sorted(held & registry.codes)
    )


async def _permissions(session: Session, registry: PermissionRegistry, user_id: UUID) -> UserPermissions:
    superuser = await repository.is_superuser(session, user_id)
    held = await repository.holdings(session, registry, user_id)
    direct = await repository.direct_permissions(session, user_id)
    return UserPermissions(
        is_superuser=superuser,
        groups=[group.name for group in await repository.groups_of(session, user_id)],
        direct=sorted(direct & registry.codes),
        effective=sorted(registry.codes if superuser else held & registry.codes),
    )


def _about(group: Group) -> dict[str, Any]:
    return {"group_id": group.id, "name": group.name, "description": group.description}


def _difference(before: Collection[str], after: Collection[str]) -> dict[str, list[str]]:
    """What an entry of the audit trail tells of a set that was replaced."""
    was, is_now = set(before), set(after)
    told = {"added": sorted(is_now - was), "removed": sorted(was - is_now)}
    if len(was) + len(is_now) <= MOST_TOLD:
        told |= {"from": sorted(was), "to": sorted(is_now)}
    return told


async def _flush(session: Session, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise GroupNameTaken(
            t("A group named {name} exists already. Choose another name.", name=name)
        ) from None
