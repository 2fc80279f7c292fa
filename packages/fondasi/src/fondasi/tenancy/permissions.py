"""What is asked for by the routes of tenancy: on the platform, and inside a tenant."""

from fondasi.access import Permission
from fondasi.tenancy.models import Role
from fondasi.tenancy.registry import TenantPermission

CREATE, VIEW, SUSPEND = "tenants.create", "tenants.view", "tenants.suspend"
PERMISSIONS = [
    Permission(CREATE, "Create tenants, and own them.", default_groups=("user",)),
    Permission(
        VIEW, "See all tenants: their names and states, not what is in them.", default_groups=("admin",)
    ),
    Permission(SUSPEND, "Suspend tenants and let them go on.", default_groups=("admin",)),
]

VIEW_USERS, MANAGE_USERS, ASSIGN_ROLES = "view_users", "manage_users", "assign_roles"
MANAGE_PERMISSIONS, VIEW_ANALYTICS = "manage_permissions", "view_analytics"
MANAGE_TENANT, DELETE_TENANT = "manage_tenant", "delete_tenant"
TENANT_PERMISSIONS = [
    TenantPermission(VIEW_USERS, "See the members.", Role.MEMBER),
    TenantPermission(MANAGE_USERS, "Invite people, and remove members.", Role.ADMIN),
    TenantPermission(ASSIGN_ROLES, "Change the roles of members.", Role.ADMIN),
    TenantPermission(MANAGE_PERMISSIONS, "Give members single permissions.", Role.ADMIN),
    TenantPermission(VIEW_ANALYTICS, "See statistics, and who did what.", Role.ADMIN),
    TenantPermission(MANAGE_TENANT, "Rename, close and export the tenant.", Role.OWNER),
    TenantPermission(DELETE_TENANT, "Delete the tenant with all that is in it.", Role.OWNER),
]
