"""What is kept about a person's tenants. What they did inside them belongs to the tenants."""

from sqlalchemy import select

from fondasi.module import PersonalData
from fondasi.tenancy.models import Membership, Tenant

_INSIDE = "Belongs to the tenant, whose members see it there; other transactions do not."
_NAMES_NOBODY = "Records of the tenant refer to the account, which names nobody any more."

PERSONAL_DATA = [
    PersonalData(
        table="membership",
        export=lambda user_id: (
            select(Membership.tenant_id, Tenant.name.label("tenant"), Membership.role, Membership.created_at)
            .join(Tenant, Tenant.id == Membership.tenant_id)
            .where(Membership.of_user(user_id))
            .order_by(Membership.created_at)
        ),
        kept=_NAMES_NOBODY,
    ),
    PersonalData(table="membership_permission", withheld=_INSIDE, kept=_NAMES_NOBODY),
    PersonalData(table="tenant", withheld=_INSIDE, kept=_NAMES_NOBODY),
    PersonalData(table="invitation", withheld=_INSIDE, kept=_NAMES_NOBODY),
]
