"""Guards: the dependency that says who may call a route. A route without one stops the app from starting.

@router.get("/posts", dependencies=[public])
@router.get("/me", dependencies=[authenticated])
@router.delete("/me", dependencies=[authenticated, step_up])
@router.post("/posts", dependencies=[require("posts.create")])
async def create(principal: Annotated[Principal, require("posts.create")]): ...

API keys pass `require(code)` when the code is in their scope. They do not pass `authenticated` (a route that somebody
forgot is closed to them), but `authenticated_or_key(code)` with that code in their scope.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from fondasi.access.errors import SessionRequired, StepUpRequired, lacks
from fondasi.access.principal import Principal  # noqa: TC001 - FastAPI reads the annotation
from fondasi.kit import clock
from fondasi.kit.http import Forbidden, Gate, Marker, Problem, Unauthenticated
from fondasi.kit.i18n import prefer, t

if TYPE_CHECKING:
    from starlette.types import Scope

    from fondasi.platform import Platform

PUBLIC = "public"
AUTHENTICATED = "authenticated"
SUPERUSER = "superuser"
API_KEY_HEADER = "X-API-Key"
MEMBER = "member"
FOUND = frozenset({"principal", "member", "tenant_id"})  # what guards keep in the state of a request


class Authenticator(ABC):
    """What identity provides to the guards."""

    @abstractmethod
    async def authenticate(
        self, token: str, *, session_token: bool = False, api_key: bool = False
    ) -> Principal | None:
        """The principal of a token, or None when the token is not valid now.

        Args:
            token: an access token, a session token or an API key.
            session_token: take nothing but a session token.
            api_key: take nothing but an API key.
        """


class Guard:
    """Says who may call: `public`, `authenticated`, or the holders of a permission.

    Args:
        rule: what a caller needs.
        key_scope: the permission that an API key needs in its scope; None: the route takes no keys.

    Attributes:
        in_tenant: the permission is held inside a tenant; `member` for every member.
    """

    in_tenant: bool = False

    def __init__(self, rule: str, key_scope: str | None = None) -> None:
        self.rule = rule
        self.key_scope = key_scope

    def document(self, path: str, operation: dict[str, Any]) -> None:
        """Say in an operation of the OpenAPI document what this guard wants beside a permission."""


class PublicGuard(Guard, Marker):
    """Anybody may call; there is nothing to run."""

    def __call__(self) -> None:
        """Let everybody pass."""


class LoginLike(Marker):
    """Secrets can be guessed here: few tries per address, and none at all while tries cannot be counted."""

    def __call__(self) -> None:
        """Let everybody pass."""


class Unlimited(Marker):
    """Requests are not counted: for probes."""

    def __call__(self) -> None:
        """Let everybody pass."""


class BearerGuard(Guard, Gate, SecurityBase):
    """A valid access token, and the permission if one is named. The OpenAPI document says so."""

    def __init__(self, rule: str, key_scope: str | None = None) -> None:
        super().__init__(rule, key_scope)
        self.model = HTTPBearerModel(bearerFormat="JWT", description="The access token of `POST /login`.")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """The caller.

        Raises:
            Unauthenticated: no valid token.
            SessionRequired: an API key, where none may be used.
            Forbidden: the permission is missing.
        """
        principal = await current_principal(connection, keys=True)
        if principal is None:
            raise Unauthenticated
        if principal.api_key_id is not None:
            self._check_key(principal)
        if self.rule == SUPERUSER and not principal.is_superuser:
            raise Forbidden(t("Only administrators may do this."))
        if self.rule not in {AUTHENTICATED, SUPERUSER} and not principal.may(self.rule):
            raise lacks(self.rule)
        return principal

    def problems(self) -> tuple[type[Problem], ...]:
        """See `__call__`."""
        refusals: list[type[Problem]] = [SessionRequired] if self.key_scope is None else [Forbidden]
        if self.rule != AUTHENTICATED:
            refusals.append(Forbidden)
        return (Unauthenticated, *refusals)

    def _check_key(self, principal: Principal) -> None:
        if self.key_scope is None:
            raise SessionRequired
        if not principal.may(self.key_scope):
            raise Forbidden(
                t(
                    "The API key does not reach this: it needs {permission} in its scope, and in its owner's rights.",
                    permission=self.key_scope,
                )
            )


class StepUpGate(Gate):
    """The caller proved who they are a short while ago.

    It stands beside a guard, which says who may call and comes first.

    No API key passes: nobody stands behind it who could prove anything.
    """

    after_guards = True

    async def __call__(self, connection: HTTPConnection) -> None:
        """Let a caller with a fresh proof pass.

        Raises:
            Unauthenticated: no valid token.
            SessionRequired: an API key.
            StepUpRequired: the proof is too old.
        """
        principal = await current_principal(connection)
        if principal is None:
            raise Unauthenticated
        check_proof(principal, _platform(connection).settings.step_up_minutes)

    def problems(self) -> tuple[type[Problem], ...]:
        """See `__call__`."""
        return (Unauthenticated, SessionRequired, StepUpRequired)


def check_proof(principal: Principal, minutes: int) -> None:
    """Refuse a caller whose last proof of who they are is older than that many minutes.

    Raises:
        StepUpRequired: it is, or there never was one.
    """
    proved = principal.authenticated_at
    if proved is None or clock.now() - proved > timedelta(minutes=minutes):
        raise StepUpRequired(minutes)


async def current_principal(connection: HTTPConnection, *, keys: bool = False) -> Principal | None:
    """The caller behind `Authorization`, `X-Session-Token` or `X-API-Key`, the first that is there, or None.

    Looked up once per request.

    Args:
        connection: the request.
        keys: whether a caller behind an API key is welcome; who asks without a guard of this room decides it.

    Raises:
        SessionRequired: they are behind an API key, and not welcome.
    """
    scope = connection.scope
    if "principal" not in scope["state"]:
        found = scope["state"]["principal"] = await _look_up(connection)
        if found is not None:
            speak_to(scope, found)
    principal: Principal | None = scope["state"]["principal"]
    if principal is not None and principal.api_key_id is not None and not keys:
        raise SessionRequired
    return principal


async def pass_again(connection: HTTPConnection) -> HTTPConnection:
    """Ask the guards of a request's route again, as if it came now: for answers that outlive the first look.

    Returns:
        The request with what they found.

    Raises:
        Problem: they refuse.
    """
    scope = connection.scope
    state = {name: value for name, value in scope["state"].items() if name not in FOUND}
    again = HTTPConnection({**scope, "state": state})
    for gate in scope["route"].gates:
        await gate(again)
    return again


def speak_to(scope: Scope, principal: Principal) -> None:
    """Go on in the language that the caller has chosen, unless the address names one (`?lang=`)."""
    if not scope["state"].get("language_asked"):
        prefer(principal.account.get("language"))


async def _look_up(connection: HTTPConnection) -> Principal | None:
    credential = session_token = api_key = None
    for name, value in connection.scope["headers"]:
        if name == b"authorization":
            credential = value.decode("latin-1")
        elif name == b"x-session-token":
            session_token = value.decode("latin-1")
        elif name == b"x-api-key":
            api_key = value.decode("latin-1")
    if credential is None:
        if session_token:
            return await _authenticator(connection).authenticate(session_token, session_token=True)
        return await _authenticator(connection).authenticate(api_key, api_key=True) if api_key else None
    scheme, _, token = credential.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return await _authenticator(connection).authenticate(token.strip())


def _authenticator(connection: HTTPConnection) -> Authenticator:
    return _platform(connection).get(Authenticator)  # type: ignore[type-abstract]


def _platform(connection: HTTPConnection) -> Platform:
    return connection.app.state.platform  # type: ignore[no-any-return]


public: Any = Depends(PublicGuard(PUBLIC))
authenticated: Any = Depends(BearerGuard(AUTHENTICATED))
superuser: Any = Depends(BearerGuard(SUPERUSER))
step_up: Any = Depends(StepUpGate())
login_like: Any = Depends(LoginLike())
unlimited: Any = Depends(Unlimited())


def require(permission: str) -> Any:
    """A guard for the holders of a permission, and for API keys with it in their scope."""
    return Depends(BearerGuard(permission, permission))


def authenticated_or_key(permission: str) -> Any:
    """A guard for everybody who is signed in, and for API keys with that permission in their scope.

    For what users may do with their own things without a permission. Never for what guards the account: passwords,
    contacts, factors, sessions, keys.
    """
    return Depends(BearerGuard(AUTHENTICATED, permission))
