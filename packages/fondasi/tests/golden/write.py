"""Write permissions.txt again (`make golden`): who may call which route of the platform, for review."""

from pathlib import Path

from fondasi.access import PermissionRegistry, matrix_of
from fondasi.app import routes_of
from fondasi.runtime import platform_modules
from fondasi.tenancy import TenantPermissions

FILE = Path(__file__).with_name("permissions.txt")


def table() -> str:
    """The table of the platform's own rooms."""
    modules = platform_modules()
    registry = PermissionRegistry(item for module in modules for item in module.permissions)
    inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)
    return matrix_of(routes_of(modules, "/api/v1"), registry, inside.by_role)


if __name__ == "__main__":
    FILE.write_text(table())
