"""The rules of watching, cancelling and retrying jobs."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError

from fondasi.access import Principal
from fondasi.kit import clock, jobs
from fondasi.kit.db import Session
from fondasi.kit.http import Conflict, NotFound
from fondasi.kit.i18n import t
from fondasi.kit.jobs import JobRecord, JobRegistry
from fondasi.tasks import repository
from fondasi.tasks.jobs import count_slowly
from fondasi.tasks.permissions import CANCEL, VIEW
from fondasi.tasks.schemas import ScheduledTask, TaskCreate


def seen_by(caller: Principal) -> list[ColumnElement[bool]]:
    """What holds for the jobs that the caller sees: that they are their own, or nothing."""
    return [] if caller.may(VIEW) else [JobRecord.enqueued_by == caller.user_id]


async def create_task(session: Session, caller: Principal, new: TaskCreate) -> UUID:
    """Enqueue the demonstration job; its id."""
    return await count_slowly.enqueue(session, enqueued_by=caller.user_id, **new.model_dump())


async def read_task(session: Session, caller: Principal, job_id: UUID) -> JobRecord:
    """A job.

    Raises:
        NotFound: there is none with that id, or it is not for the caller to see.
    """
    found = await repository.get_job(session, job_id)
    if found is None or (found.enqueued_by != caller.user_id and not caller.may(VIEW)):
        raise NotFound(t("There is no such task."))
    return found


async def cancel_task(session: Session, caller: Principal, job_id: UUID) -> None:
    """Cancel a job: one that waits is over at once, one that runs is stopped and its work rolled back.

    Raises:
        NotFound: there is none with that id, or it is not for the caller to cancel.
        Conflict: it is finished.
    """
    found = await repository.get_job(session, job_id)
    if found is None or (found.enqueued_by != caller.user_id and not caller.may(CANCEL)):
        raise NotFound(t("There is no such task."))
    if not await jobs.cancel(session, job_id):
        raise Conflict(t("The task is finished already; there is nothing to cancel."))


async def retry_task(session: Session, known: JobRegistry, caller: Principal, job_id: UUID) -> None:
    """Queue a job again that failed or was cancelled, with all its tries.

    Raises:
        NotFound: there is none with that id, or it is not for the caller to see.
        Conflict: it is not over, has succeeded, waits in a second copy, or no module has it any more.
    """
    found = await read_task(session, caller, job_id)
    if found.name not in known:
        raise Conflict(t("No module has the job {name} any more, so nobody would run it.", name=found.name))
    try:
        retried = await jobs.retry(session, job_id)
    except IntegrityError:
        raise Conflict(t("The same task is queued or running already.")) from None
    if not retried:
        raise Conflict(t("Only a task that failed or was cancelled can be tried again."))


async def list_scheduled(session: Session, known: JobRegistry) -> list[ScheduledTask]:
    """The jobs that enqueue themselves, by name, each with its last tick and its next one."""
    ticks = await repository.last_ticks(session)
    now = clock.now()
    return [
        ScheduledTask(
            name=job.name,
            description=job.description,
            cron=job.cron,
            last_run_at=ticks.get(job.name),
            next_run_at=jobs.next_tick(job.cron, now),
        )
        for job in sorted(known, key=lambda job: job.name)
        if job.cron is not None
    ]
