"""What routes declare of who may call them: checked before the start, and written into the OpenAPI document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIWebSocketRoute

from fondasi.access.guards import API_KEY_HEADER, AUTHENTICATED, MEMBER, PUBLIC, SUPERUSER, Guard, StepUpGate
from fondasi.dependencies import read_session, tenant_read_session, tenant_unit_of_work, unit_of_work
from fondasi.kit.http import Route
from fondasi.kit.http.routing import calls_of
from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

SESSION_TOKEN = {"type": "apiKey", "in": "header", "name": "X-Session-Token"}
API_KEY_SCHEME = "apiKey"
_API_KEY_MODEL = {
    "type": "apiKey",
    "in": "header",
    "name": API_KEY_HEADER,
    "description": "An API key of `POST /api-keys`; `Authorization: Bearer fnd_...` does the same.",
}
TENANT_SESSIONS = frozenset({tenant_read_session, tenant_unit_of_work})
PLAIN_SESSIONS = frozenset({read_session, unit_of_work})
WITHOUT_CODE = frozenset({PUBLIC, AUTHENTICATED, SUPERUSER, MEMBER})


class UndeclaredRouteError(StartError):
    """A route without a guard, with a permission that no module declares, or that hides another one."""


def check_routes(routes: Sequence[Any], permissions: Container[str]) -> None:
    """Refuse to start when a route says not who may call it, or when two routes are the same.

    Args:
        routes: as they are mounted.
        permissions: the codes that modules declare.

    Raises:
        UndeclaredRouteError: naming every such route.
    """
    faults = [fault for route in routes for fault in _faults_of(route, permissions)]
    faults += [f"{name} is declared {count} times" for name, count in _repeated(routes)]
    if faults:
        raise UndeclaredRouteError("Refusing to start:\n" + "\n".join(f"  - {fault}" for fault in faults))


def describe_permissions(document: dict[str, Any], routes: Sequence[Any]) -> None:
    """Write into an OpenAPI document what each operation asks for.

    `x-permission` is a code, or several in a list; `x-step-up` is true where the proof of who calls has to be fresh;
    `x-api-key-permission` is what an API key needs in its scope, without which an operation takes no API keys. The
    session token opens whatever the access token does.
    """
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes[API_KEY_SCHEME] = _API_KEY_MODEL
    for route in routes:
        if not isinstance(route, Route) or not route.include_in_schema:
            continue
        guards = guards_of(route)
        codes = sorted({guard.rule for guard in guards} - WITHOUT_CODE)
        scope = key_scope_of(route)
        fresh = any(isinstance(call, StepUpGate) for call in calls_of(route.dependant))
        for method in route.methods:
            operation = document["paths"][route.path_format][method.lower()]
            if codes:
                operation["x-permission"] = codes[0] if len(codes) == 1 else codes
            for guard in guards:
                guard.document(route.path_format, operation)
            if fresh:
                operation["x-step-up"] = True
            if "security" in operation:
                schemes["session_token"] = SESSION_TOKEN
                operation["security"].append({"session_token": []})
            if scope:
                operation["x-api-key-permission"] = scope[0] if len(scope) == 1 else scope
                operation["security"].append({API_KEY_SCHEME: []})


def _faults_of(route: Any, permissions: Container[str]) -> list[str]:
    if not isinstance(route, Route | APIWebSocketRoute):
        return [
            f"{getattr(route, 'path', route)} is a {type(route).__name__}: make it with `fondasi.kit.http.Router`"
        ]
    rules = {guard.rule for guard in guards_of(route)}
    if not rules:
        return [f"{_name(route)} declares no guard: add public, authenticated or require(...)"]
    scopes = {guard.key_scope for guard in guards_of(route) if guard.key_scope is not None}
    faults = [
        f"{_name(route)} asks for {rule}, which no module declares"
        for rule in sorted((rules | scopes) - WITHOUT_CODE)
        if rule not in permissions
    ]
    in_tenant = any(guard.in_tenant for guard in guards_of(route))
    if not in_tenant and TENANT_SESSIONS.intersection(calls_of(route.dependant)):
        faults.append(f"{_name(route)} reads a tenant's rows, but no guard finds the tenant")
    if in_tenant and PLAIN_SESSIONS.intersection(calls_of(route.dependant)):
        faults.append(
            f"{_name(route)} is inside a tenant and opens a session that sees no tenant's rows: "
            "take TenantUnitOfWork or TenantReadSession"
        )
    return faults


def _repeated(routes: Sequence[Any]) -> Iterable[tuple[str, int]]:
    http = [route for route in routes if isinstance(route, Route)]
    names = Counter(f"{method} {route.path}" for route in http for method in route.methods)
    names.update(f"the operation {route.operation_id}" for route in http if route.operation_id)
    return [(name, count) for name, count in names.items() if count > 1]


def guards_of(route: Route | APIWebSocketRoute) -> list[Guard]:
    """All guards of a route: declared, or in its tree of dependencies."""
    found = [*getattr(route, "markers", ()), *calls_of(route.dependant)]
    return [item for item in found if isinstance(item, Guard)]


def key_scope_of(route: Route | APIWebSocketRoute) -> list[str]:
    """The permissions that an API key needs in its scope for a route; none where it takes no keys, or anybody."""
    if any(isinstance(call, StepUpGate) for call in calls_of(route.dependant)):
        return []
    scopes = [guard.key_scope for guard in guards_of(route) if guard.rule != PUBLIC]
    return sorted({scope for scope in scopes if scope is not None}) if None not in scopes else []


def _name(route: Route | APIWebSocketRoute) -> str:
    kind = ",".join(sorted(route.methods)) if isinstance(route, Route) else "WebSocket"
    return f"{kind} {route.path}"
