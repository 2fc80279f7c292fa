"""Who may do what: permissions, and the guards that every route declares."""

from fondasi.access.guards import (
    Authenticator,
    Guard,
    UndeclaredRouteError,
    authenticated,
    check_routes,
    current_principal,
    public,
    require,
    superuser,
)
from fondasi.access.permissions import Permission, PermissionRegistry
from fondasi.access.principal import Principal

__all__ = [
    "Authenticator",
    "Guard",
    "Permission",
    "PermissionRegistry",
    "Principal",
    "UndeclaredRouteError",
    "authenticated",
    "check_routes",
    "current_principal",
    "public",
    "require",
    "superuser",
]
