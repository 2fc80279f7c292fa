"""Tenants in the admin panel: their names and states, not what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.admin_views import AdminView, AdminWrite
from fondasi.tenancy import service
from fondasi.tenancy.models import Tenant, TenantStatus
from fondasi.tenancy.permissions import SUSPEND, VIEW

if TYPE_CHECKING:
    from fondasi.admin_views import Act

REASON = "Suspended in the admin panel."


async def _suspend(act: Act, tenant: Tenant, _: None) -> None:
    await service.suspend(act.session, tenant.id, REASON)


async def _resume(act: Act, tenant: Tenant, _: None) -> None:
    await service.resume(act.session, tenant.id)


tenants_view = AdminView(
    model=Tenant,
    path="tenants",
    name="Tenant",
    plural="Tenants",
    icon="fa-solid fa-building",
    permission=VIEW,
    columns=("name", "status", "created_by", "created_at"),
    details=("id", "name", "description", "status", "created_by", "created_at", "updated_at"),
    search=("name",),
    filters={"status": list(TenantStatus)},
    label="name",
    links={"created_by": "users"},
    actions={
        "suspend": AdminWrite(SUSPEND, _suspend, label="Suspend the tenant"),
        "resume": AdminWrite(SUSPEND, _resume, label="Let the tenant go on"),
    },
)
