"""Routes of the audit trail."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from fondasi.access import Principal, authenticated, require
from fondasi.activity import service
from fondasi.activity.permissions import CREATE, VIEW
from fondasi.activity.repository import SEALED
from fondasi.activity.schemas import (
    ActivityCreate,
    ActivityCreated,
    ActivityRead,
    ActivityStatistics,
    ChainRead,
    FromFilter,
    ToFilter,
    VerificationRead,
)
from fondasi.activity.verification import Verification, verify
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit.audit import PLATFORM_CHAIN, ActivityRecord
from fondasi.kit.http import AnyDay, Listing, NotFound, Router, Wanted, raises

router = Router(prefix="/activity", tags=["activity"])
ACTIVITY = Listing(
    ActivityRecord,
    ActivityRead,
    sort="-created_at",
    sortable=["created_at"],
    filters=["user_id", "subject_id", "level", "action", "module", "request_id"],
    options=[SEALED],
    by_cursor=True,
)


@router.get("", operation_id="list_activity", dependencies=[require(VIEW)], **ACTIVITY.answers)
async def list_activity(
    wanted: Annotated[Wanted, ACTIVITY.wanted],
    session: ReadSession,
    *,
    since: FromFilter = None,
    until: ToFilter = None,
) -> Response:
    """Everybody's activity, newest first."""
    return await service.list_activity(wanted, session, *service.within(since, until))


@router.post("", operation_id="create_activity", status_code=201, dependencies=[require(CREATE)])
async def create_activity(new: ActivityCreate, session: UnitOfWork) -> ActivityCreated:
    """Write an entry of a client."""
    return ActivityCreated(id=await service.create_activity(session, new))


@router.get("/me", operation_id="list_own_activity", **ACTIVITY.answers)
async def list_own_activity(
    wanted: Annotated[Wanted, ACTIVITY.wanted],
    caller: Annotated[Principal, authenticated],
    session: ReadSession,
    *,
    since: FromFilter = None,
    until: ToFilter = None,
) -> Response:
    """What the caller did, and what others did to their account, newest first."""
    return await service.list_own_activity(wanted, session, caller.user_id, *service.within(since, until))


@router.get(
    "/statistics",
    operation_id="read_activity_statistics",
    dependencies=[require(VIEW)],
    response_model=ActivityStatistics,
)
async def read_statistics(
    session: ReadSession,
    first: Annotated[
        AnyDay | None, Query(alias="from", description="First day; 30 days in all if absent.")
    ] = None,
    last: Annotated[AnyDay | None, Query(alias="to", description="Last day; today if absent.")] = None,
    timezone: Annotated[
        str, Query(max_length=64, description="Where days begin, such as Asia/Jakarta.")
    ] = "UTC",
) -> dict[str, Any]:
    """Counts per day, level, module and action."""
    return await service.statistics(session, first, last, timezone)


@router.get("/chain", operation_id="read_activity_chain", dependencies=[require(VIEW)])
async def read_activity_chain(
    session: ReadSession,
    tenant_id: Annotated[UUID | None, Query(description="Whose chain; the platform's own if absent.")] = None,
) -> ChainRead:
    """Where a chain of the trail begins and ends. `GET /activity/verify` proves what is between."""
    return await service.read_chain(session, tenant_id)


@router.get(
    "/verify",
    operation_id="verify_activity",
    dependencies=[require(VIEW)],
    response_model=VerificationRead,
)
async def verify_activity(
    session: ReadSession,
    tenant_id: Annotated[UUID | None, Query(description="Whose chain; the platform's own if absent.")] = None,
    after: Annotated[int, Query(ge=0, le=2**53, description="Position checked before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Most links to check.")] = 1000,
) -> Verification:
    """Whether the trail is as it was written, and the entries that are not."""
    return await verify(session, tenant_id or PLATFORM_CHAIN, after=after, limit=limit)


@router.get(
    "/{activity_id}",
    operation_id="read_activity",
    dependencies=[require(VIEW), raises(NotFound)],
    response_model=ActivityRead,
)
async def read_activity(activity_id: UUID, session: ReadSession) -> dict[str, Any]:
    """An entry."""
    return await service.read_activity(session, activity_id)
