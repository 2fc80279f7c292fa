"""Routes of background jobs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from fondasi.access import Principal, authenticated_or_key, pass_again, require
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.kit.http import Conflict, Listing, NotFound, Page, PageParams, Router, Wanted, page_of, raises
from fondasi.kit.jobs import JobRecord, JobStatus, TooManyJobs
from fondasi.kit.live import EventStream, LastEvent, Places, Seconds, TooManyStreams
from fondasi.tasks import service
from fondasi.tasks.feed import TaskFeed
from fondasi.tasks.permissions import CREATE, RETRY, VIEW
from fondasi.tasks.schemas import (
    EVENTS,
    ScheduledTask,
    TaskAccepted,
    TaskCreate,
    TaskRead,
)

router = Router(prefix="/tasks", tags=["tasks"])
Caller = Annotated[Principal, authenticated_or_key(CREATE)]
TASKS = Listing(
    JobRecord,
    TaskRead,
    sort="-created_at",
    sortable=["created_at", "scheduled_for", "finished_at", "name", "status"],
    filters=["status", "name", "enqueued_by"],
    ranges=["created_at"],
)


@router.post("", operation_id="create_task", status_code=202, dependencies=[raises(TooManyJobs)])
async def create_task(
    new: TaskCreate, caller: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> TaskAccepted:
    """Start the demonstration job."""
    return TaskAccepted(id=await service.create_task(session, caller, new), status=JobStatus.QUEUED)


@router.get("", operation_id="list_tasks", **TASKS.answers)
async def list_tasks(
    wanted: Annotated[Wanted, TASKS.wanted], caller: Caller, session: ReadSession
) -> Response:
    """The caller's jobs, newest first; everybody's for those who may see them."""
    return await wanted.answer(session, *service.seen_by(caller))


@router.get(
    "/scheduled",
    operation_id="list_scheduled_tasks",
    response_model=Page[ScheduledTask],
    dependencies=[require(VIEW)],
)
async def list_scheduled_tasks(
    page: PageParams, platform: CurrentPlatform, session: ReadSession
) -> dict[str, Any]:
    """The jobs that run by the clock, and when they run next."""
    found = await service.list_scheduled(session, platform.jobs)
    return page_of(found[page.offset : page.offset + page.items_per_page], len(found), page)


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


@router.post(
    "/{task_id}/retry", operation_id="retry_task", status_code=204, dependencies=[raises(NotFound, Conflict)]
)
async def retry_task(
    task_id: UUID,
    caller: Annotated[Principal, require(RETRY)],
    platform: CurrentPlatform,
    session: UnitOfWork,
) -> None:
    """Queue a job again that failed or was cancelled."""
    await service.retry_task(session, platform.jobs, caller, task_id)


@router.get(
    "/{task_id}/events",
    operation_id="follow_task",
    response_class=Response,
    responses=EVENTS,
    dependencies=[raises(NotFound, TooManyStreams)],
)
async def follow_task(
    task_id: UUID,
    request: Request,
    caller: Caller,
    platform: CurrentPlatform,
    *,
    seconds: Seconds = None,
    last_event: LastEvent = None,
) -> Response:
    """Follow a job until it is finished. 204: the client has its end already."""
    feed = TaskFeed(platform, caller, task_id, last_event)
    if await feed.is_told():
        return Response(status_code=204)

    async def check() -> None:
        feed.caller = (await pass_again(request)).scope["state"]["principal"]

    place = platform.get(Places).taken(caller.user_id)
    return EventStream(feed, place, check, platform.settings.live, seconds=seconds)
