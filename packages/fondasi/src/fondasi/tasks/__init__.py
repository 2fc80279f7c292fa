"""Background jobs as users see them: start one, watch it, cancel it; and the purge of old ones."""

from fondasi.kit.live import SIGNED_IN, Changes
from fondasi.module import Module
from fondasi.tasks.admin import tasks_view
from fondasi.tasks.jobs import count_slowly, purge
from fondasi.tasks.permissions import PERMISSIONS, VIEW
from fondasi.tasks.personal_data import PERSONAL_DATA
from fondasi.tasks.routes import router

__all__ = ["module"]

module = Module(
    name="tasks",
    routers=[router],
    permissions=PERMISSIONS,
    admin_views=[tasks_view],
    jobs=[count_slowly, purge],
    changes=[Changes("tasks", permission=VIEW, owner=SIGNED_IN)],
    personal_data=PERSONAL_DATA,
    tags={
        "tasks": "Jobs in the background: their status, progress and result.",
    },
)
