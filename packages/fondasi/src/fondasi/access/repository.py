"""Queries for groups and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    column,
    delete,
    insert,
    null,
    or_,
    select,
    table,
    true,
    union_all,
)

from fondasi.access.models import (
    AccessState,
    CustomPermission,
    Group,
    GroupPermission,
    UserGroup,
    UserPermission,
)
from fondasi.access.registry import Permission, PermissionRegistry, SeededGroup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session

# Identity stands on this room, so this room cannot import its model.
_user = table(
    "user",
    column("id", Uuid),
    column("username", Text),
    column("name", Text),
    column("is_superuser", Boolean),
    column("status", Text),
    column("deleted_at", DateTime(timezone=True)),
)
MEMBER: dict[str, Any] = {"username": _user.c.username, "name": _user.c.name, "status": _user.c.status}
groups_version = select(AccessState.version).scalar_subquery()


async def lock(session: Session) -> None:
    """Let changes of access take turns until the unit of work ends: each one is judged by what the last one left."""
    await session.execute(select(AccessState.id).with_for_update())


async def known(session: Session, declared: PermissionRegistry) -> PermissionRegistry:
    """The declared permissions, and the installation's own."""
    rows = await session.scalars(select(CustomPermission).order_by(CustomPermission.code))
    return declared.with_custom(Permission(row.code, row.description) for row in rows)


async def get_custom(session: Session, code: str) -> CustomPermission | None:
    """A permission of the installation's own."""
    return await session.get(CustomPermission, code)


async def delete_custom(session: Session, permission: CustomPermission) -> None:
    """Delete a permission of the installation's own, and take it from everybody who holds it."""
    for holding in (GroupPermission, UserPermission):
        await session.execute(delete(holding).where(holding.permission == permission.code))
    await session.delete(permission)
    await session.flush()


async def find_user(session: Session, reference: str) -> UUID | None:
    """The id of the user with that id or user name. What looks like an id is never taken for a name."""
    try:
        condition = _user.c.id == UUID(reference)
    except ValueError:
        condition = _user.c.username == reference.lower()
    found: UUID | None = await session.scalar(
        select(_user.c.id).where(condition, _user.c.deleted_at.is_(None))
    )
    return found


async def usernames(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """User names by id, for what people read; deleted accounts have theirs until they are anonymised."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = await session.execute(select(_user.c.id, _user.c.username).where(_user.c.id.in_(wanted)))
    return {row.id: row.username for row in rows}


async def is_superuser(session: Session, user_id: UUID) -> bool:
    """Whether a user is in `super_admin`."""
    return bool(await session.scalar(select(_user.c.is_superuser).where(_user.c.id == user_id)))


async def still_holds(session: Session, registry: PermissionRegistry, user_id: UUID, permission: str) -> bool:
    """Whether a user holds a permission now, by code: for work that was asked for before. An account must be active."""
    usable = select(_user.c.is_superuser).where(_user.c.id == user_id, _user.c.status == "active")
    superuser = await session.scalar(usable)
    if superuser is None:
        return False
    return superuser or permission in await holdings(session, registry, user_id)


async def holdings(session: Session, registry: PermissionRegistry, user_id: UUID) -> frozenset[str]:
    """Codes of all that a user holds by groups and grants, in one query; those of switched-off modules included."""
    of_groups = (
        select(Group.name, GroupPermission.permission, GroupPermission.granted)
        .join(UserGroup, UserGroup.group_id == Group.id)
        .outerjoin(GroupPermission, GroupPermission.group_id == Group.id)
        .where(UserGroup.user_id == user_id)
    )
    direct = select(null(), UserPermission.permission, true()).where(UserPermission.user_id == user_id)
    by_group = _by_group(await _rows(session, union_all(of_groups, direct)), registry)
    return frozenset().union(*by_group.values())


async def permissions_of(
    session: Session, registry: PermissionRegistry, groups: Collection[Group]
) -> dict[str, frozenset[str]]:
    """Codes of what each of some groups holds, by the group's name."""
    query = (
        select(Group.name, GroupPermission.permission, GroupPermission.granted)
        .outerjoin(GroupPermission, GroupPermission.group_id == Group.id)
        .where(Group.id.in_([group.id for group in groups]))
    )
    return _by_group(await _rows(session, query), registry)


async def groups(session: Session, most: int) -> Sequence[Group]:
    """The groups, by name."""
    return (await session.scalars(select(Group).order_by(Group.name).limit(most))).all()


async def get_group(session: Session, group_id: UUID) -> Group | None:
    """A group."""
    return await session.get(Group, group_id)


async def groups_by_id(session: Session, ids: Iterable[UUID]) -> Sequence[Group]:
    """The groups with those ids, as many as there are."""
    return (await session.scalars(select(Group).where(Group.id.in_(list(ids))))).all()


def with_users(query: Select[Any]) -> Select[Any]:
    """A query of who is in groups, with whose accounts they are; deleted ones are left out."""
    return query.join(_user, and_(_user.c.id == UserGroup.user_id, _user.c.deleted_at.is_(None)))


def search_members(words: str) -> ColumnElement[bool]:
    """Members of a group whose name has words in it, or whose user name begins so."""
    return or_(
        _user.c.username.istartswith(words, autoescape=True), _user.c.name.icontains(words, autoescape=True)
    )


async def groups_of(session: Session, user_id: UUID) -> Sequence[Group]:
    """The groups that a user is in, by name."""
    query = select(Group).join(UserGroup, UserGroup.group_id == Group.id)
    return (await session.scalars(query.where(UserGroup.user_id == user_id).order_by(Group.name))).all()


async def direct_permissions(session: Session, user_id: UUID) -> frozenset[str]:
    """Codes of a user's direct grants."""
    query = select(UserPermission.permission).where(UserPermission.user_id == user_id)
    return frozenset((await session.scalars(query)).all())


async def replace_group_permissions(
    session: Session, registry: PermissionRegistry, group: Group, codes: Collection[str]
) -> None:
    """Make a group hold exactly these of the known permissions: what differs from its declaration is written."""
    defaults = registry.defaults_of(group.name)
    await session.execute(
        delete(GroupPermission).where(
            GroupPermission.group_id == group.id, GroupPermission.permission.in_(registry.codes)
        )
    )
    rows = [
        {"group_id": group.id, "permission": code, "granted": code in codes}
        for code in sorted(defaults.symmetric_difference(codes))
    ]
    if rows:
        await session.execute(insert(GroupPermission), rows)


async def join_groups(session: Session, user_id: UUID, groups: Collection[UUID]) -> None:
    """Put a user into groups that they are not in."""
    if groups:
        rows = [{"user_id": user_id, "group_id": group_id} for group_id in groups]
        await session.execute(insert(UserGroup), rows)


async def leave_groups(session: Session, user_id: UUID, groups: Collection[UUID]) -> None:
    """Take a user out of groups."""
    if groups:
        await session.execute(
            delete(UserGroup).where(UserGroup.user_id == user_id, UserGroup.group_id.in_(groups))
        )


async def grant(session: Session, user_id: UUID, codes: Collection[str]) -> None:
    """Grant a user permissions that they have no direct grant of."""
    if codes:
        rows = [{"user_id": user_id, "permission": code} for code in codes]
        await session.execute(insert(UserPermission), rows)


async def revoke(session: Session, user_id: UUID, codes: Collection[str]) -> None:
    """Take direct grants away."""
    if codes:
        await session.execute(
            delete(UserPermission).where(
                UserPermission.user_id == user_id, UserPermission.permission.in_(codes)
            )
        )


async def _rows(session: Session, query: Select[Any] | Any) -> Sequence[Any]:
    return (await session.execute(query)).all()


def _by_group(rows: Iterable[Any], registry: PermissionRegistry) -> dict[str, frozenset[str]]:
    """Sets by group (direct grants under the empty name) from rows of name, code and whether it is granted."""
    sets: dict[str, set[str]] = {}
    for name, code, granted in rows:
        held = sets.setdefault(name or "", set(registry.defaults_of(name or "")))
        if code is not None and name != SeededGroup.SUPER_ADMIN:
            (held.add if granted else held.discard)(code)
    return {name: frozenset(codes) for name, codes in sets.items()}
