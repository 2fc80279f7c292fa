"""Who may do what: permissions, and the guards that every route declares."""

from fondasi.access.guards import (
    Authenticator,
    Guard,
    LoginLike,
    UndeclaredRouteError,
    Unlimited,
    authenticated,
    check_routes,
    current_principal,
    guards_of,
    login_like,
    public,
    require,
    superuser,
    unlimited,
)
from fondasi.access.permissions import Permission, PermissionRegistry
from fondasi.access.principal import Principal

__all__ = [
    "Authenticator",
    "Guard",
    "LoginLike",
    "Permission",
    "PermissionRegistry",
    "Principal",
    "UndeclaredRouteError",
    "Unlimited",
    "authenticated",
    "check_routes",
    "current_principal",
    "guards_of",
    "login_like",
    "public",
    "require",
    "superuser",
    "unlimited",
]
