"""Where an action comes from. The HTTP layer says it once per request, so services need not pass it on."""

from __future__ import annotations

import os
import pwd
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from uuid import UUID

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asks, from where, for what.

    Attributes:
        operation: the operation id of the route.
        summary: what the route does, in a sentence of its documentation.
        module: the room of the route.
        endpoint: the route's template, never the path with its ids.
        status_code: of the answer, as far as it is known.
        duration_ms: since the request came in.
    """

    user_id: UUID | None = None
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    tenant_id: UUID | None = None
    operation: str = ""
    summary: str = ""
    module: str = ""
    endpoint: str | None = None
    method: str | None = None
    status_code: int | None = None
    duration_ms: float | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


class Source(Protocol):
    """Tells the origin when it is needed: most requests change nothing and are never asked."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    def origin(self) -> Origin:
        """What is known by now."""


NOWHERE = Origin()
_source: ContextVar[Source | None] = ContextVar("audit_source", default=None)


def set_source(source: Source | None) -> None:
    """Say where the actions of the current context come from."""
    _source.set(source)


def current_origin() -> Origin:
    """The origin of the current context; an empty one outside requests."""
    source = _source.get()
    return source.origin() if source is not None else NOWHERE


def shell() -> dict[str, str]:
    """Who runs a command of the shell, for the metadata of its entries: the user of the operating system."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a number without a name
        user = str(os.getuid())
    return {"by": "shell", "os_user": user}


def is_mutating() -> bool:
    """Whether the current context is a request that may change something."""
    source = _source.get()
    return source is not None and source.method not in SAFE_METHODS
