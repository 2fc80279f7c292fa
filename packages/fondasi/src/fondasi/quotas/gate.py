"""The gate before every route: counts the request, and refuses it when the limit is reached.

It stands before the route's own guard, so that requests with a wrong token or without the permission count too, and
before the body is read. The caller is the signed-in user, or the client's address where nobody is. The route is its
template and method, so that ids in a path open no buckets of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter

from fondasi.access import LoginLike, Unlimited, current_principal, guards_of
from fondasi.kit.http import EveryRouteGate, Unavailable, counted_address
from fondasi.kit.i18n import t
from fondasi.quotas.errors import RateLimited
from fondasi.quotas.windows import WindowsUnavailableError

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from fondasi.kit.http import Problem, Route
    from fondasi.quotas.rules import Rule, Rules
    from fondasi.quotas.windows import Outcome, Windows

log = structlog.get_logger(__name__)

REFUSED = Counter("fondasi_rate_limited_total", "Requests refused by a limit.", ["route", "rule"])
UNCHECKED = Counter("fondasi_rate_limits_unchecked_total", "Requests not counted: the storage was down.")
WARNING_SECONDS = 10
_TEXT = {"schema": {"type": "string"}}
HEADERS: dict[str, Any] = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "RateLimit": {
        "description": 'What is left, in every answer: `"user";r=599;t=60` (requests, seconds).',
        **_TEXT,
    },
    "RateLimit-Policy": {
        "description": 'The rule, in every answer: `"user";q=600;w=60` (requests, seconds).',
        **_TEXT,
    },
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a route is counted."""

    key: str
    route: str
    method: str
    personal: bool
    login_like: bool


class Limiter:
    """Counts requests by the rules.

    Args:
        windows: where they are counted.
        rules: how many are let through.
        tell: whether callers learn what is away, as developers want to.
    """

    def __init__(self, windows: Windows, rules: Rules, *, tell: bool = False) -> None:
        self.windows = windows
        self.rules = rules
        self.tell = tell
        self._plans: dict[tuple[str, str], _Plan | None] = {}
        self._warned_at = -float(WARNING_SECONDS)

    async def check(self, connection: HTTPConnection) -> None:
        """Count a request.

        Raises:
            RateLimited: the limit is reached.
            Unavailable: it cannot be counted, and secrets could be guessed here.
        """
        scope = connection.scope
        name = (scope["method"], scope["route"].path)
        try:
            plan = self._plans[name]
        except KeyError:
            plan = self._plans[name] = _plan(scope["route"], scope["method"])
        if plan is None:
            return
        principal = await current_principal(connection, keys=True) if plan.personal else None
        if principal is not None:
            caller = principal.user_id.hex
            rule = self.rules.of_tier(principal.account.get("tier_id"), plan.method, plan.route)
        else:
            client = scope.get("client")
            caller, rule = counted_address(client[0] if client else "-"), self.rules.address
        if plan.login_like:
            rule = self.rules.login
        try:
            outcome = await self.windows.hit(caller + plan.key, rule.limit, rule.period)
        except WindowsUnavailableError as error:
            self._uncounted(plan, error)
            return
        scope["state"]["headers"] += _headers(rule, outcome)
        if not outcome.allowed:
            REFUSED.labels(plan.route, rule.name).inc()
            raise RateLimited(max(1, ceil(outcome.wait)))

    def _uncounted(self, plan: _Plan, error: WindowsUnavailableError) -> None:
        UNCHECKED.inc()
        if monotonic() - self._warned_at >= WARNING_SECONDS:
            self._warned_at = monotonic()
            log.warning("requests_not_counted", error=str(error))
        if plan.login_like:
            closed = t("Signing in is closed for a moment. Try again shortly.")
            raise Unavailable(f"{closed} ({error}: see REDIS_URL)" if self.tell else closed) from error


class RateLimitGate(EveryRouteGate):
    """Every route counts, except those marked `unlimited`."""

    async def __call__(self, connection: HTTPConnection) -> None:
        """See `Limiter.check`."""
        await connection.app.state.platform.get(Limiter).check(connection)

    def problems(self) -> tuple[type[Problem], ...]:
        """Too many requests."""
        return (RateLimited,)

    def problems_at(self, route: Route) -> tuple[type[Problem], ...]:
        """The same, where requests are counted."""
        return self.problems() if _plan(route, "") is not None else ()

    def document(self, route: Route, operation: dict[str, Any]) -> None:
        """Add the headers of the 429."""
        if _plan(route, "") is not None:
            operation["responses"]["429"]["headers"] = HEADERS


def _plan(route: Route, method: str) -> _Plan | None:
    if any(isinstance(marker, Unlimited) for marker in route.markers):
        return None
    return _Plan(
        key=f" {method} {route.path}",
        route=route.path,
        method=method,
        personal=any(guard.rule != "public" for guard in guards_of(route)),
        login_like=any(isinstance(marker, LoginLike) for marker in route.markers),
    )


def _headers(rule: Rule, outcome: Outcome) -> list[tuple[bytes, bytes]]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-10; `t` is when one more will be let through."""
    left = f'"{rule.name}";r={outcome.remaining};t={max(1, ceil(outcome.wait))}'
    return [(b"ratelimit-policy", rule.policy.encode()), (b"ratelimit", left.encode())]
