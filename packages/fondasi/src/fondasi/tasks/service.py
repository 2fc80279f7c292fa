"""The rules of watching and cancelling jobs."""

from uuid import UUID

from fondasi.access import Principal
from fondasi.kit import jobs
from fondasi.kit.db import Session
from fondasi.kit.http import Conflict, NotFound
from fondasi.kit.i18n import t
from fondasi.kit.jobs import JobRecord
from fondasi.tasks import repository
from fondasi.tasks.jobs import count_slowly
from fondasi.tasks.permissions import CANCEL, VIEW
from fondasi.tasks.schemas import TaskCreate


def owner_seen_by(caller: Principal) -> UUID | None:
    """Whose jobs the caller sees: their own, or everybody's (None)."""
    return None if caller.may(VIEW) else caller.user_id


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
