"""Tenants: who belongs to which, what they may do there, and that nobody sees another tenant's rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access import MEMBER
from fondasi.kit.live import Changes
from fondasi.module import Module
from fondasi.platform import Platform
from fondasi.tenancy import invitation_routes, routes
from fondasi.tenancy.admin import tenants_view
from fondasi.tenancy.datasets import MEMBERS
from fondasi.tenancy.events import EVENTS
from fondasi.tenancy.export import Exports
from fondasi.tenancy.guards import Member, in_tenant_path, member_of_tenant, require_in_tenant
from fondasi.tenancy.isolation import ISOLATION_EXCEPTIONS
from fondasi.tenancy.jobs import purge
from fondasi.tenancy.models import Membership, Role
from fondasi.tenancy.permissions import PERMISSIONS, TENANT_PERMISSIONS, VIEW_USERS
from fondasi.tenancy.personal_data import PERSONAL_DATA
from fondasi.tenancy.registry import TenantPermission, TenantPermissions
from fondasi.tenancy.repository import still_holds_in_tenant, tenant_ids

__all__ = [
    "ISOLATION_EXCEPTIONS",
    "Member",
    "Membership",
    "Role",
    "TenantPermission",
    "TenantPermissions",
    "in_tenant_path",
    "member_of_tenant",
    "module",
    "require_in_tenant",
    "still_holds_in_tenant",
    "tenant_ids",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.provide(
        TenantPermissions(item for module in platform.modules for item in module.tenant_permissions)
    )
    platform.provide(Exports())
    yield


module = Module(
    name="tenants",
    routers=[routes.router, routes.inside, invitation_routes.inside, invitation_routes.answers],
    permissions=PERMISSIONS,
    admin_views=[tenants_view],
    tenant_permissions=TENANT_PERMISSIONS,
    jobs=[purge],
    events=EVENTS,
    changes=[
        Changes("tenants", tenant_permission=MEMBER),
        Changes("members", tenant_permission=VIEW_USERS),
    ],
    datasets=[MEMBERS],
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
    tags={
        "tenants": "Tenants, their members, and invitations to them.",
    },
)
