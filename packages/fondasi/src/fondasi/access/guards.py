"""Guards: the dependency that says who may call a route. A route without one stops the app from starting.

@router.get("/posts", dependencies=[public])
@router.get("/me", dependencies=[authenticated])
@router.post("/posts", dependencies=[require("posts.create")])
async def create(principal: Annotated[Principal, require("posts.create")]): ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from fondasi.access.principal import Principal  # noqa: TC001 - FastAPI reads the annotation
from fondasi.kit.http import Forbidden, Marker, Unauthenticated
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi.dependencies.models import Dependant

    from fondasi.access.permissions import PermissionRegistry
    from fondasi.platform import Platform

PUBLIC = "public"
AUTHENTICATED = "authenticated"


class Authenticator(ABC):
    """What identity provides to the guards."""

    @abstractmethod
    async def authenticate(self, token: str) -> Principal | None:
        """The principal of an access token, or None when the token is not valid now."""


class Guard:
    """Says who may call: `public`, `authenticated`, or the holders of a permission."""

    def __init__(self, rule: str) -> None:
        self.rule = rule


class PublicGuard(Guard, Marker):
    """Anybody may call; there is nothing to run."""

    def __call__(self) -> None:
        """Let everybody pass."""


class BearerGuard(Guard, SecurityBase):
    """A valid access token, and the permission if one is named. The OpenAPI document says so."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.model = HTTPBearerModel(bearerFormat="JWT", description="The access token of `POST /login`.")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """The caller.

        Raises:
            Unauthenticated: no valid token.
            Forbidden: the permission is missing.
        """
        principal = await current_principal(connection)
        if principal is None:
            raise Unauthenticated
        if self.rule != AUTHENTICATED and not principal.may(self.rule):
            raise Forbidden(
                t(
                    "This needs the permission {permission}. Ask an administrator to grant it.",
                    permission=self.rule,
                )
            )
        return principal


async def current_principal(connection: HTTPConnection) -> Principal | None:
    """The caller behind the `Authorization` header, or None. Looked up once per request."""
    scope = connection.scope
    if "principal" not in scope["state"]:
        scope["state"]["principal"] = await _look_up(connection)
    principal: Principal | None = scope["state"]["principal"]
    return principal


async def _look_up(connection: HTTPConnection) -> Principal | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return await _platform(connection).get(Authenticator).authenticate(token.strip())  # type: ignore[type-abstract]


def _platform(connection: HTTPConnection) -> Platform:
    return connection.app.state.platform  # type: ignore[no-any-return]


public: Any = Depends(PublicGuard(PUBLIC))
authenticated: Any = Depends(BearerGuard(AUTHENTICATED))


def require(permission: str) -> Any:
    """A guard for the holders of a permission."""
    return Depends(BearerGuard(permission))


class UndeclaredRouteError(RuntimeError):
    """A route without a guard, or with a permission that no module declares."""


def check_routes(routes: Iterable[Any], permissions: PermissionRegistry) -> None:
    """Refuse to start when a route says not who may call it.

    Raises:
        UndeclaredRouteError: naming every such route.
    """
    faults = []
    for route in routes:
        if not isinstance(route, APIRoute):
            continue
        name = f"{','.join(sorted(route.methods or ()))} {route.path}"
        rules = {guard.rule for guard in guards_of(route)}
        if not rules:
            faults.append(f"{name} declares no guard: add public, authenticated or require(...)")
        faults += [
            f"{name} asks for {rule}, which no module declares"
            for rule in rules - {PUBLIC, AUTHENTICATED}
            if rule not in permissions
        ]
    if faults:
        raise UndeclaredRouteError("Refusing to start:\n" + "\n".join(f"  - {fault}" for fault in faults))


def guards_of(route: APIRoute) -> Iterator[Guard]:
    """All guards of a route: declared, or in its tree of dependencies."""
    yield from (marker for marker in getattr(route, "markers", ()) if isinstance(marker, Guard))
    yield from _guards_below(route.dependant)


def _guards_below(dependant: Dependant) -> Iterator[Guard]:
    if isinstance(dependant.call, Guard):
        yield dependant.call
    for child in dependant.dependencies:
        yield from _guards_below(child)
