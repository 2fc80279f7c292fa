"""Who may see webhooks, and who may have events sent elsewhere."""

from fondasi.access import Permission
from fondasi.tenancy import Role, TenantPermission

VIEW, MANAGE = "webhooks.view", "webhooks.manage"
PERMISSIONS = [
    Permission(VIEW, "See the platform's webhooks and what they sent.", default_groups=("admin",)),
    Permission(
        MANAGE, "Send the platform's events to an address of one's choice.", default_groups=("admin",)
    ),
]

VIEW_INSIDE, MANAGE_INSIDE = "view_webhooks", "manage_webhooks"
TENANT_PERMISSIONS = [
    TenantPermission(VIEW_INSIDE, "See the tenant's webhooks and what they sent.", Role.ADMIN),
    TenantPermission(MANAGE_INSIDE, "Send the tenant's events to an address of one's choice.", Role.ADMIN),
]
