"""Who may do what: permissions, and the guards that every route declares."""

from fondasi.access.guards import Authenticator, Guard, authenticated, check_routes, public, require
from fondasi.access.permissions import Permission, PermissionRegistry
from fondasi.access.principal import Principal

__all__ = [
    "Authenticator",
    "Guard",
    "Permission",
    "PermissionRegistry",
    "Principal",
    "authenticated",
    "check_routes",
    "public",
    "require",
]
