"""What can go wrong with tiers and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.kit.http import Conflict, NotFound, Problem
from fondasi.kit.i18n import t, tn

if TYPE_CHECKING:
    from collections.abc import Mapping


class RateLimited(Problem):
    """More requests than the limit lets through."""

    status, code, title = 429, "RATE_LIMITED", "Too many requests"

    def __init__(self, wait: int, headers: Mapping[str, str] | None = None) -> None:
        detail = tn(
            "Too many requests. Try again in {seconds} second.",
            "Too many requests. Try again in {seconds} seconds.",
            wait,
            seconds=wait,
        )
        super().__init__(detail, headers={"Retry-After": str(wait), **(headers or {})})


class TierNotFound(NotFound):
    """No tier has that name."""

    def __init__(self) -> None:
        super().__init__(t("There is no such tier. GET /tiers lists them."))


class RateLimitNotFound(NotFound):
    """The tier has no such limit."""

    def __init__(self) -> None:
        super().__init__(t("The tier has no such limit."))


class UserNotFound(NotFound):
    """No such account, or not one that the caller may ask about."""

    def __init__(self) -> None:
        super().__init__(t("There is no such user."))


class TierNameTaken(Conflict):
    """Another tier has that name."""

    code, title = "TIER_NAME_TAKEN", "Tier name taken"

    def __init__(self) -> None:
        super().__init__(t("Another tier has that name. Choose another one."))


class RateLimitExists(Conflict):
    """The tier has a limit for that method and path."""

    code, title = "RATE_LIMIT_EXISTS", "Rate limit exists"

    def __init__(self) -> None:
        super().__init__(t("The tier has a limit for that method and path. Change that one."))


class TierInUse(Conflict):
    """The tier belongs to users, or is the default."""

    code, title = "TIER_IN_USE", "Tier in use"
