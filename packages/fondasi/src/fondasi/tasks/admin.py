"""Jobs in the admin panel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fondasi.admin_views import AdminView, AdminWrite
from fondasi.kit.audit import is_secret
from fondasi.kit.jobs import JobRecord, JobStatus
from fondasi.tasks import service
from fondasi.tasks.permissions import CANCEL, RETRY, VIEW
from fondasi.tasks.schemas import TaskRead

if TYPE_CHECKING:
    from fondasi.admin_views import Act

REDACTED = "[redacted]"
NOT_OF_USERS = frozenset({"webhooks.deliver"})  # takes turns for webhooks
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _cancel(act: Act, job: JobRecord, _: None) -> None:
    await service.cancel_task(act.session, act.caller, job.id)


async def _retry(act: Act, job: JobRecord, _: None) -> None:
    await service.retry_task(act.session, act.platform.jobs, act.caller, job.id)


def _without_words(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a job with their ids and numbers, but nothing that says something."""
    return {
        name: value if _tells_nothing(value) and not is_secret(name) else REDACTED
        for name, value in arguments.items()
    }


def _tells_nothing(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float) or bool(UUID_TEXT.fullmatch(str(value)))


def _who_asked(job: JobRecord) -> str:
    """The view with what a job takes turns for: a user, for most."""
    return "" if job.name in NOT_OF_USERS else "users"


tasks_view = AdminView(
    model=JobRecord,
    path="jobs",
    name="Job",
    plural="Jobs",
    icon="fa-solid fa-gears",
    permission=VIEW,
    columns=("name", "status", "attempt", "scheduled_for", "finished_at", "created_at"),
    details=(*TaskRead.model_fields, "arguments"),
    shown_as={"arguments": _without_words},  # they may hold what a message says
    search=("name", "error"),
    filters={"status": list(JobStatus)},
    label="name",
    links={"enqueued_by": _who_asked},
    actions={
        "cancel": AdminWrite(CANCEL, _cancel, label="Cancel the job"),
        "retry": AdminWrite(RETRY, _retry, label="Try the job again"),
    },
)
