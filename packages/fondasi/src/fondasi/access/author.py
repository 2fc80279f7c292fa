"""Who changes access, and what they may touch: nobody grants, edits or takes away what they lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.access import repository
from fondasi.access.errors import LacksWhatTheyGrant
from fondasi.access.registry import SeededGroup
from fondasi.kit.http import Forbidden, InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from fondasi.access.models import Group
    from fondasi.access.principal import Principal
    from fondasi.access.registry import PermissionRegistry
    from fondasi.kit.db import Session

SHOWN = 5  # codes named in a refusal


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes access, with what they hold now, under the lock."""

    user_id: UUID
    is_superuser: bool
    held: frozenset[str]

    def check(self, codes: Collection[str]) -> None:
        """Refuse to touch what they lack.

        Raises:
            LacksWhatTheyGrant: naming some of it.
        """
        if not self.is_superuser:
            check_held(codes, self.held)

    def check_super_admin(self, group: Group) -> None:
        """Refuse to touch `super_admin`, whose holdings grow with every module.

        Raises:
            LacksWhatTheyGrant: they are not in it.
        """
        if group.name == SeededGroup.SUPER_ADMIN and not self.is_superuser:
            raise LacksWhatTheyGrant(t("Only a super admin may do this. Ask one."))


def check_held(codes: Collection[str], held: Collection[str]) -> None:
    """Refuse to touch what somebody lacks.

    Raises:
        LacksWhatTheyGrant: naming some of it.
    """
    if lacking := sorted(set(codes).difference(held)):
        raise LacksWhatTheyGrant(
            t(
                "This concerns permissions that you do not hold: {permissions}. Ask somebody who holds them.",
                permissions=", ".join(lacking[:SHOWN]) + (", ..." if len(lacking) > SHOWN else ""),
            )
        )


async def check_touchable(
    session: Session, caller: Principal, registry: PermissionRegistry, user_id: UUID
) -> None:
    """Refuse to touch the account of somebody who holds more; the caller's own is theirs.

    What an API key leaves out of its owner's rights does not count here: it says what may be done, not to whom.
    It takes the lock under which access changes: call it before locking the row of a user.

    Raises:
        LacksWhatTheyGrant: naming some of what the caller lacks.
        Forbidden: they lost rights since the guard let them pass.
    """
    if user_id == caller.user_id or caller.is_superuser:
        return
    author = await author_of(session, registry, caller, scoped=False)
    await refuse_superior(session, author, registry, user_id)


def check_grantable(
    registry: PermissionRegistry, caller: Principal, codes: Collection[str], added: Collection[str]
) -> None:
    """Refuse a scope for an API key that names what there is not, or that adds what the caller lacks.

    Raises:
        InvalidInput: a code that no module declares.
        LacksWhatTheyGrant: naming some of what the caller lacks.
    """
    check_known(registry, codes)
    Author(caller.user_id, caller.is_superuser, caller.permissions).check(added)


async def author_of(
    session: Session, registry: PermissionRegistry, caller: Principal, *, scoped: bool = True
) -> Author:
    """The caller as they stand under the lock.

    Args:
        session: a unit of work, which holds the lock until it ends.
        registry: all permissions.
        caller: who asks.
        scoped: leave out what an API key leaves out: it is not theirs to grant with that key.

    Raises:
        Forbidden: they lost rights since the guard let them pass.
    """
    await repository.lock(session)
    superuser = await repository.is_superuser(session, caller.user_id)
    held = await repository.holdings(session, registry, caller.user_id)
    if (caller.is_superuser and not superuser) or (not superuser and not caller.permissions <= held):
        raise Forbidden(t("Your rights have just changed. Try again."))
    if scoped and not caller.is_superuser:
        held &= caller.permissions
    return Author(caller.user_id, superuser and caller.is_superuser, held)


async def refuse_superior(
    session: Session, author: Author, registry: PermissionRegistry, user_id: UUID
) -> None:
    """Refuse to touch a user who holds more than the author.

    Raises:
        LacksWhatTheyGrant: naming some of it.
    """
    if await repository.is_superuser(session, user_id) and not author.is_superuser:
        raise LacksWhatTheyGrant(t("Only a super admin may do this. Ask one."))
    author.check(await repository.holdings(session, registry, user_id))


def check_known(registry: PermissionRegistry, codes: Collection[str]) -> None:
    """Refuse codes that no module declares.

    Raises:
        InvalidInput: naming one.
    """
    if unknown := sorted(set(codes) - registry.codes):
        raise InvalidInput.of(
            "body.permissions",
            t("there is no permission {code}; GET /permissions lists all", code=unknown[0]),
            "unknown_permission",
        )
