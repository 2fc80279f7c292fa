"""Who may do what: permissions, groups, grants, and the guards that every route declares."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access.admin import groups_view
from fondasi.access.author import check_grantable, check_held, check_touchable
from fondasi.access.declarations import (
    UndeclaredRouteError,
    check_routes,
    describe_permissions,
    guards_of,
    key_scope_of,
)
from fondasi.access.effective import EffectivePermissions
from fondasi.access.errors import LacksWhatTheyGrant, SessionRequired, StepUpRequired, lacks
from fondasi.access.guards import (
    MEMBER,
    Authenticator,
    Guard,
    LoginLike,
    Unlimited,
    authenticated,
    authenticated_or_key,
    check_proof,
    current_principal,
    login_like,
    pass_again,
    public,
    require,
    speak_to,
    step_up,
    superuser,
    unlimited,
)
from fondasi.access.matrix import matrix_of
from fondasi.access.permissions import PERMISSIONS, PROFILE_EDIT, PROFILE_VIEW
from fondasi.access.personal_data import PERSONAL_DATA
from fondasi.access.principal import Principal
from fondasi.access.registry import Permission, PermissionRegistry, SeededGroup
from fondasi.access.repository import groups_version, still_holds, usernames
from fondasi.access.repository import lock as lock_access
from fondasi.access.routes import KnownPermissions, router
from fondasi.access.schemas import UserReference
from fondasi.access.service import add_to_group, all_groups
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "MEMBER",
    "PROFILE_EDIT",
    "PROFILE_VIEW",
    "Authenticator",
    "EffectivePermissions",
    "Guard",
    "KnownPermissions",
    "LacksWhatTheyGrant",
    "LoginLike",
    "Permission",
    "PermissionRegistry",
    "Principal",
    "SeededGroup",
    "SessionRequired",
    "StepUpRequired",
    "UndeclaredRouteError",
    "Unlimited",
    "UserReference",
    "add_to_group",
    "all_groups",
    "authenticated",
    "authenticated_or_key",
    "check_grantable",
    "check_held",
    "check_proof",
    "check_routes",
    "check_touchable",
    "current_principal",
    "describe_permissions",
    "groups_version",
    "guards_of",
    "key_scope_of",
    "lacks",
    "lock_access",
    "login_like",
    "matrix_of",
    "module",
    "pass_again",
    "public",
    "require",
    "speak_to",
    "step_up",
    "still_holds",
    "superuser",
    "unlimited",
    "usernames",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.provide(EffectivePermissions(platform.database, platform.get(PermissionRegistry)))
    yield


module = Module(
    name="access",
    routers=[router],
    permissions=PERMISSIONS,
    admin_views=[groups_view],
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
    tags={
        "access": "Who may do what: permissions, groups and grants.",
    },
)
