"""Who changes members, with what they hold now: nobody gives, takes or touches more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.access import check_held, check_proof
from fondasi.kit.http import Forbidden
from fondasi.kit.i18n import t
from fondasi.tenancy import repository
from fondasi.tenancy.errors import OwnersOnly, TenantNotFound
from fondasi.tenancy.models import Role

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.kit.db import Session
    from fondasi.tenancy.guards import Member
    from fondasi.tenancy.registry import TenantPermissions


@dataclass(frozen=True, slots=True)
class Author:
    """A member under the lock of their tenant."""

    principal: Principal
    role: str
    held: frozenset[str]
    step_up_minutes: int

    @property
    def user_id(self) -> UUID:
        """Their id."""
        return self.principal.user_id

    def check(self, codes: Collection[str]) -> None:
        """Refuse to touch what they lack.

        Raises:
            LacksWhatTheyGrant: naming some of it.
        """
        if self.role != Role.OWNER:
            check_held(codes, self.held)

    def check_owners(self, *roles: str) -> None:
        """Refuse to touch or make an owner, unless they are one and have just proved who they are.

        Raises:
            OwnersOnly: they are none.
            StepUpRequired: their last proof is too old.
        """
        if Role.OWNER in roles:
            if self.role != Role.OWNER:
                raise OwnersOnly
            self.check_proof()

    def check_proof(self) -> None:
        """Refuse an author whose last proof of who they are is too old: whoever has only their session goes no further.

        Raises:
            StepUpRequired: it is.
        """
        check_proof(self.principal, self.step_up_minutes)


async def lock_author(session: Session, registry: TenantPermissions, member: Member) -> Author:
    """The caller as they stand under the lock.

    Raises:
        TenantNotFound: the tenant, or their membership, ended a moment ago.
        Forbidden: they lost rights since the guard let them pass.
    """
    tenant = await repository.get_tenant(session, member.tenant_id, locked=True)
    found = await repository.rights(session, member.tenant_id, member.user_id)
    if tenant is None or found is None:
        raise TenantNotFound
    role, direct = found
    held = registry.effective(role, direct)
    if not member.permissions <= held or (member.role == Role.OWNER and role != Role.OWNER):
        raise Forbidden(t("Your rights have just changed. Try again."))
    return Author(member.principal, role, held, member.step_up_minutes)
