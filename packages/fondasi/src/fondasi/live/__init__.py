"""Live updates: one stream of events tells a client which rows changed, of those that it may read."""

from fondasi.live.permissions import PERMISSIONS
from fondasi.live.routes import inside, router
from fondasi.module import Module

__all__ = ["module"]

module = Module(
    name="live",
    routers=[router, inside],
    permissions=PERMISSIONS,
    tags={
        "changes": "Streams that tell which rows changed.",
    },
)
