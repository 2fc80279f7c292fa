"""Write permissions.txt and admin.txt again (`make golden`): who may call which route of the platform, for review."""

from pathlib import Path

from fondasi.access import PermissionRegistry, matrix_of
from fondasi.app import routes_of
from fondasi.runtime import platform_modules
from fondasi.tenancy import TenantPermissions

FILE = Path(__file__).with_name("permissions.txt")
ADMIN_FILE = Path(__file__).with_name("admin.txt")


def table(*, admin: bool = False) -> str:
    """The table of the platform's own rooms, or that of the admin panel's pages."""
    modules = platform_modules()
    registry = PermissionRegistry(item for module in modules for item in module.permissions)
    inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)
    routes = routes_of(modules, "/api/v1", admin=admin)
    own = [route for route in routes if getattr(route, "path", "").startswith("/admin") == admin]
    return matrix_of(own, registry, inside.by_role)


if __name__ == "__main__":
    FILE.write_text(table())
    ADMIN_FILE.write_text(table(admin=True))
