"""What the audit trail wants to know of a request, read when it asks."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from fondasi.kit.audit import Origin

if TYPE_CHECKING:
    from starlette.types import Scope


class RequestSource:
    """A request as the source of what it changes.

    Args:
        scope: of the request; the route and the caller come into it while it is served.
        started: `perf_counter()` when it came in.
    """

    __slots__ = ("_scope", "_started", "method")

    def __init__(self, scope: Scope, started: float) -> None:
        self.method: str = scope["method"]
        self._scope = scope
        self._started = started

    def origin(self) -> Origin:
        """Who asks, from where, for what."""
        scope = self._scope
        state: dict[str, Any] = scope["state"]
        route: Any = scope.get("route")
        principal: Any = state.get("principal")
        client = scope.get("client")
        return Origin(
            user_id=getattr(principal, "user_id", None),
            session_id=getattr(principal, "session_id", None),
            api_key_id=getattr(principal, "api_key_id", None),
            tenant_id=state.get("tenant_id"),
            operation=getattr(route, "operation_id", None) or "",
            summary=_clause(getattr(route, "summary", None) or ""),
            module=next(iter(getattr(route, "tags", None) or ()), ""),
            endpoint=getattr(route, "path_format", None),
            method=self.method,
            status_code=state.get("status_code") or getattr(route, "status_code", None) or 200,
            duration_ms=round((perf_counter() - self._started) * 1000, 2),
            ip_address=client[0] if client else None,
            user_agent=_user_agent(scope),
            request_id=state.get("request_id"),
        )


def _clause(summary: str) -> str:
    """What a route does, in a sentence: its summary without what stands in brackets behind it."""
    return f"{summary.partition(' (')[0]}." if summary else ""


def _user_agent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"user-agent":
            text: str = value.decode("latin-1")
            return text
    return None
