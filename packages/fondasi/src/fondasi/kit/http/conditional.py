"""Whether a caller has an answer already (RFC 9110, 13.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope


def not_modified(scope: Scope, etag: str) -> bool:
    """Whether a request asks for an answer only if it has another `ETag` than this one.

    `ConditionalGet` asks for every answer; a route may ask before it makes one that costs much.
    """
    return any(
        name == b"if-none-match" and _matches(value.decode("latin-1"), etag)
        for name, value in scope["headers"]
    )


def _matches(condition: str, etag: str) -> bool:
    candidates = {item.strip().removeprefix("W/") for item in condition.split(",")}
    return "*" in candidates or etag.removeprefix("W/") in candidates
