"""Jobs in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.admin_views import AdminView, AdminWrite
from fondasi.kit.jobs import JobRecord, JobStatus
from fondasi.tasks import service
from fondasi.tasks.permissions import CANCEL, VIEW
from fondasi.tasks.schemas import TaskRead

if TYPE_CHECKING:
    from fondasi.admin_views import Act


async def _cancel(act: Act, job: JobRecord, _: None) -> None:
    await service.cancel_task(act.session, act.caller, job.id)


tasks_view = AdminView(
    model=JobRecord,
    path="jobs",
    name="Job",
    plural="Jobs",
    icon="fa-solid fa-gears",
    permission=VIEW,
    columns=("name", "status", "attempt", "scheduled_for", "finished_at", "created_at"),
    details=tuple(TaskRead.model_fields),  # not the arguments, which may hold what a message says
    search=("name", "error"),
    filters={"status": list(JobStatus)},
    label="name",
    links={"enqueued_by": "users"},
    actions={"cancel": AdminWrite(CANCEL, _cancel, label="Cancel the job")},
)
