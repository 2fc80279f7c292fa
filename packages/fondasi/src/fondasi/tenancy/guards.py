"""Guards of routes inside a tenant: the caller is a member of it, and holds the permission there.

@router.get("/notes", dependencies=[member_of_tenant])
@router.post("/notes", dependencies=[require_in_tenant("create_notes")])
async def create(member: Annotated[Member, require_in_tenant("create_notes")], session: TenantUnitOfWork): ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Path
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from fondasi.access import MEMBER, Guard, Principal, SessionRequired, current_principal
from fondasi.kit.http import Forbidden, Gate, InvalidInput, Unauthenticated
from fondasi.kit.i18n import t
from fondasi.tenancy.errors import TenantInactive, TenantNotFound, TenantSuspended
from fondasi.tenancy.models import TenantStatus
from fondasi.tenancy.registry import TenantPermissions

if TYPE_CHECKING:
    from fondasi.kit.http import Problem
    from fondasi.platform import Platform

HEADER, PATH = "X-Tenant-ID", "tenant_id"
HEADER_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "Id of the tenant.",
    "schema": {"type": "string", "format": "uuid"},
}
LOOK_UP = "SELECT status, role, permissions FROM tenancy_member($1, $2)"


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in user inside a tenant, as its guards see them.

    Attributes:
        principal: who they are on the platform.
        tenant_id: the tenant of this request.
        role: `member`, `admin` or `owner`.
        permissions: codes of all that they hold inside the tenant.
        tenant_status: `active`, or `inactive` where the guard lets that pass.
        step_up_minutes: how old a proof of who they are may be for what asks for a fresh one.
    """

    principal: Principal
    tenant_id: UUID
    role: str
    permissions: frozenset[str]
    tenant_status: str
    step_up_minutes: int

    @property
    def user_id(self) -> UUID:
        """Their id."""
        return self.principal.user_id

    def may(self, permission: str) -> bool:
        """Whether they hold a permission inside the tenant, by code."""
        return permission in self.permissions


class TenantGuard(Guard, Gate, SecurityBase):
    """A valid access token, membership of the tenant, and the permission there. The OpenAPI document says so.

    Args:
        rule: code of the permission, or `member`.
        when_inactive: let members of a tenant that an owner closed pass.
    """

    in_tenant = True

    def __init__(self, rule: str, *, when_inactive: bool = False) -> None:
        super().__init__(rule)
        self.when_inactive = when_inactive
        self.model = HTTPBearerModel(bearerFormat="JWT", description="The access token of `POST /login`.")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection) -> Member:
        """The caller as a member. Looked up once per request, in one statement, so that what changed acts at once.

        Raises:
            Unauthenticated: no valid token.
            InvalidInput: no tenant is named, or two are.
            TenantNotFound: there is none, or they are not in it.
            TenantSuspended: by the platform.
            TenantInactive: by an owner.
            Forbidden: the permission is missing.
        """
        principal = await current_principal(connection)
        if principal is None:
            raise Unauthenticated
        state = connection.scope["state"]
        member: Member | None = state.get("member")
        if member is None:
            member = state["member"] = await _member(connection, principal, _tenant_named(connection))
            state["tenant_id"] = member.tenant_id  # for the session and the audit trail
        if member.tenant_status == TenantStatus.DISABLED:
            raise TenantSuspended
        if member.tenant_status != TenantStatus.ACTIVE and not self.when_inactive:
            raise TenantInactive
        if self.rule != MEMBER and self.rule not in member.permissions:
            raise Forbidden(
                t(
                    "This needs the permission {permission} in the tenant. Ask an administrator of the tenant for it.",
                    permission=self.rule,
                )
            )
        return member

    def problems(self) -> tuple[type[Problem], ...]:
        """See `__call__`."""
        state = () if self.when_inactive else (TenantInactive,)
        permission = () if self.rule == MEMBER else (Forbidden,)
        return (Unauthenticated, SessionRequired, TenantNotFound, TenantSuspended, *state, *permission)

    def document(self, path: str, operation: dict[str, Any]) -> None:
        """Say that it is about a tenant, and ask for the header where the path does not name it."""
        operation["x-permission-scope"] = "tenant"
        parameters = operation.setdefault("parameters", [])
        if f"{{{PATH}}}" not in path and HEADER_PARAMETER not in parameters:
            parameters.append(HEADER_PARAMETER)


async def tenant_in_path(tenant_id: Annotated[UUID, Path(description="Id of the tenant.")]) -> None:
    """Says in the OpenAPI document what `{tenant_id}` in a path is; the guard reads it."""


def _tenant_named(connection: HTTPConnection) -> UUID:
    """The tenant of the path, or of the header; when both name one, the same."""
    in_path = connection.scope["path_params"].get(PATH)
    in_header = connection.headers.getlist(HEADER)
    if in_path is None and not in_header:
        raise InvalidInput.of(f"header.{HEADER}", "name the tenant: its id", "missing")
    named = {_tenant_id(f"header.{HEADER}", text) for text in in_header}
    if in_path is not None:
        named.add(_tenant_id(f"path.{PATH}", str(in_path)))
    if len(named) > 1:
        raise InvalidInput.of(
            f"header.{HEADER}", "names another tenant than the request does elsewhere", "two_tenants"
        )
    return named.pop()


def _tenant_id(place: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of(place, "must be the id of a tenant, a UUID", "uuid_parsing") from None


async def _member(connection: HTTPConnection, principal: Principal, tenant_id: UUID) -> Member:
    platform: Platform = connection.app.state.platform
    row = await platform.database.fetch_row(LOOK_UP, tenant_id, principal.user_id)
    if row is None:
        raise TenantNotFound
    held = platform.get(TenantPermissions).effective(row["role"], row["permissions"])
    minutes = platform.settings.step_up_minutes
    return Member(principal, tenant_id, row["role"], held, row["status"], minutes)


in_tenant_path: Any = Depends(tenant_in_path)
member_of_tenant: Any = Depends(TenantGuard(MEMBER))


def require_in_tenant(permission: str, *, when_inactive: bool = False) -> Any:
    """A guard for the members of a tenant who hold a permission there.

    Args:
        permission: code of a tenant permission.
        when_inactive: also in a tenant that an owner closed.
    """
    return Depends(TenantGuard(permission, when_inactive=when_inactive))
