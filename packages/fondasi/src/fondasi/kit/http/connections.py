"""What the connections of a server share, and what one is told that breaks the bounds."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fondasi.kit.http.problems import Problem
from fondasi.kit.http.turns import Turns
from fondasi.settings import HttpSettings

if TYPE_CHECKING:
    from fondasi.kit.http.server import BoundedProtocol


class BadRequest(Problem):
    """The request breaks HTTP itself."""

    status, code, title = 400, "BAD_REQUEST", "Not a valid request"


class HeadTooLarge(Problem):
    """The request line and headers are over a bound."""

    status, code, title = 431, "HEADERS_TOO_LARGE", "Headers too large"


class RequestTimeout(Problem):
    """The request did not come in time."""

    status, code, title = 408, "REQUEST_TIMEOUT", "Request timed out"


@dataclass(slots=True)
class Bounds:
    """What the connections of a server share.

    Attributes:
        settings: the limits.
        waiting: connections from which something is awaited, the longest waiting first.
        turns: of connections that sent much at once.
    """

    settings: HttpSettings = field(default_factory=HttpSettings)
    waiting: dict[BoundedProtocol, None] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    most: int = 0

    def __post_init__(self) -> None:
        self.most = most_connections(self.settings)


def most_connections(settings: HttpSettings) -> int:
    """How many connections a process takes: `HTTP_CONNECTIONS`, or as its files allow; some stay for others."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return settings.connections or max(16, descriptors - max(128, descriptors // 4))
