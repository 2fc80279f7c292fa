"""Statistics of the accounts for administrators, in the timezone of whoever looks."""

from fondasi.dashboard.permissions import PERMISSIONS
from fondasi.dashboard.routes import router
from fondasi.module import Module

__all__ = ["module"]

module = Module(
    name="dashboard",
    routers=[router],
    permissions=PERMISSIONS,
    tags={
        "dashboard": "Figures about the accounts.",
    },
)
