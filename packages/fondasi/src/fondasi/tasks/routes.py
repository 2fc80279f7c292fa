"""Routes of background jobs."""

from typing import Annotated, Any
from uuid import UUID

from fondasi.access import Principal, authenticated_or_key, require
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit.http import Conflict, NotFound, Page, PageParams, Router, page_of, raises, sort_by
from fondasi.kit.jobs import JobRecord, JobStatus, TooManyJobs
from fondasi.tasks import repository, service
from fondasi.tasks.permissions import CREATE
from fondasi.tasks.schemas import JobName, StatusFilter, TaskAccepted, TaskCreate, TaskRead

router = Router(prefix="/tasks", tags=["tasks"])
Caller = Annotated[Principal, authenticated_or_key(CREATE)]
Order = Annotated[
    list[Any],
    sort_by(
        "-created_at",
        created_at=JobRecord.created_at,
        scheduled_for=JobRecord.scheduled_for,
        finished_at=JobRecord.finished_at,
        name=JobRecord.name,
        status=JobRecord.status,
    ),
]


@router.post("", operation_id="create_task", status_code=202, dependencies=[raises(TooManyJobs)])
async def create_task(
    new: TaskCreate, caller: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> TaskAccepted:
    """Start the demonstration job."""
    return TaskAccepted(id=await service.create_task(session, caller, new), status=JobStatus.QUEUED)


@router.get("", operation_id="list_tasks", response_model=Page[TaskRead])
async def list_tasks(
    page: PageParams,
    order: Order,
    caller: Caller,
    session: ReadSession,
    *,
    status: StatusFilter = None,
    name: JobName = None,
) -> dict[str, Any]:
    """The caller's jobs, newest first; everybody's for those who may see them."""
    rows, total = await repository.list_jobs(
        session,
        enqueued_by=service.owner_seen_by(caller),
        status=status,
        name=name,
        offset=page.offset,
        limit=page.items_per_page,
        order=order,
    )
    return page_of(rows, total, page)


@router.get("/{task_id}", operation_id="read_task", response_model=TaskRead, dependencies=[raises(NotFound)])
async def read_task(task_id: UUID, caller: Caller, session: ReadSession) -> JobRecord:
    """A job: its status, progress and result."""
    return await service.read_task(session, caller, task_id)


@router.delete(
    "/{task_id}", operation_id="cancel_task", status_code=204, dependencies=[raises(NotFound, Conflict)]
)
async def cancel_task(task_id: UUID, caller: Caller, session: UnitOfWork) -> None:
    """Cancel a job. A running one ends within a moment, and what it wrote is rolled back."""
    await service.cancel_task(session, caller, task_id)
