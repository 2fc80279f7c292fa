"""Live updates: callers are told, over server-sent events, which rows changed, when that is committed.

changed(session, "posts", post.id)  # in a service; told when the unit of work commits, and not when it rolls back

Module(..., changes=[Changes("posts", permission=SIGNED_IN)])  # who is told

Told are ids alone: a client reads a row anew by the API, which asks for its rights.
"""

from fondasi.kit.live.changes import (
    CHANGES,
    SIGNED_IN,
    Change,
    Changes,
    ChangesError,
    KnownChanges,
    Teller,
    changed,
)
from fondasi.kit.live.events import CONTENT, event
from fondasi.kit.live.hub import Hub, Reader
from fondasi.kit.live.places import Places, TooManyStreams
from fondasi.kit.live.streams import EventStream, Feed, LastEvent, Seconds

__all__ = [
    "CHANGES",
    "CONTENT",
    "SIGNED_IN",
    "Change",
    "Changes",
    "ChangesError",
    "EventStream",
    "Feed",
    "Hub",
    "KnownChanges",
    "LastEvent",
    "Places",
    "Reader",
    "Seconds",
    "Teller",
    "TooManyStreams",
    "changed",
    "event",
]
