"""Who may do what: permissions, groups, grants, and the guards that every route declares."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access.effective import EffectivePermissions
from fondasi.access.errors import StepUpRequired
from fondasi.access.guards import (
    MEMBER,
    Authenticator,
    Guard,
    LoginLike,
    UndeclaredRouteError,
    Unlimited,
    authenticated,
    check_proof,
    check_routes,
    current_principal,
    describe_permissions,
    guards_of,
    login_like,
    public,
    require,
    step_up,
    superuser,
    unlimited,
)
from fondasi.access.matrix import matrix_of
from fondasi.access.permissions import PERMISSIONS
from fondasi.access.principal import Principal
from fondasi.access.registry import Permission, PermissionRegistry, SeededGroup
from fondasi.access.repository import groups_version
from fondasi.access.routes import router
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "MEMBER",
    "Authenticator",
    "EffectivePermissions",
    "Guard",
    "LoginLike",
    "Permission",
    "PermissionRegistry",
    "Principal",
    "SeededGroup",
    "StepUpRequired",
    "UndeclaredRouteError",
    "Unlimited",
    "authenticated",
    "check_proof",
    "check_routes",
    "current_principal",
    "describe_permissions",
    "groups_version",
    "guards_of",
    "login_like",
    "matrix_of",
    "module",
    "public",
    "require",
    "step_up",
    "superuser",
    "unlimited",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.provide(EffectivePermissions(platform.database, platform.get(PermissionRegistry)))
    yield


module = Module(name="access", routers=[router], permissions=PERMISSIONS, lifespan=_lifespan)
