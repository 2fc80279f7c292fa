"""Whether the service lives, is ready, and what it runs on; Prometheus metrics."""

from fondasi.access import Permission
from fondasi.health.routes import DETAILS, router
from fondasi.module import Module

__all__ = ["module"]

module = Module(
    name="health",
    root_routers=[router],
    permissions=[Permission(DETAILS, "See the details of the service's health.", default_groups=("admin",))],
    tags={
        "health": "Whether the service, its database and its disk are well.",
    },
)
