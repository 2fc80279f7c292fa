"""The streams of changes: what is outside tenants, and what is inside one."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from fondasi.access import Principal, authenticated_or_key, pass_again
from fondasi.dependencies import CurrentPlatform
from fondasi.kit.http import InvalidInput, Router, raises
from fondasi.kit.i18n import t
from fondasi.kit.live import (
    CONTENT,
    EventStream,
    Hub,
    KnownChanges,
    LastEvent,
    Places,
    Seconds,
    TooManyStreams,
)
from fondasi.live.permissions import FOLLOW
from fondasi.live.sight import Sight
from fondasi.platform import Platform
from fondasi.tenancy import Member, in_tenant_path, member_of_tenant

router = Router(prefix="/changes", tags=["changes"])
inside = Router(prefix="/tenants/{tenant_id}/changes", tags=["changes"], dependencies=[in_tenant_path])
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `ready`, `change` with `resource`, `id` and `tenant_id`, `reset` when the "
        "client has to read anew, `heartbeat`, and `end` with the reason.",
        "content": CONTENT,
    }
}
Resources = Annotated[
    list[str],
    Query(
        alias="resource",
        max_length=50,
        description="Only changes of these, as in posts; each in a parameter of its own. None: of all.",
    ),
]


@router.get(
    "",
    operation_id="follow_changes",
    response_class=Response,
    responses=EVENTS,
    dependencies=[raises(TooManyStreams)],
)
async def follow_changes(
    request: Request,
    caller: Annotated[Principal, authenticated_or_key(FOLLOW)],
    platform: CurrentPlatform,
    *,
    resources: Resources = [],  # noqa: B006 - FastAPI copies it
    seconds: Seconds = None,
    last_event: LastEvent = None,
) -> EventStream:
    """Follow the changes of what the caller may read outside tenants."""
    return _stream(request, platform, _sight(platform, resources, caller), seconds, last_event)


@inside.get(
    "",
    operation_id="follow_tenant_changes",
    response_class=Response,
    responses=EVENTS,
    dependencies=[raises(TooManyStreams)],
)
async def follow_tenant_changes(
    request: Request,
    member: Annotated[Member, member_of_tenant],
    platform: CurrentPlatform,
    *,
    resources: Resources = [],  # noqa: B006 - FastAPI copies it
    seconds: Seconds = None,
    last_event: LastEvent = None,
) -> EventStream:
    """Follow the changes inside a tenant, and those that the caller may read outside of it."""
    sight = _sight(platform, resources, member.principal, member)
    return _stream(request, platform, sight, seconds, last_event)


def _sight(
    platform: Platform, resources: list[str], principal: Principal, member: Member | None = None
) -> Sight:
    known = platform.get(KnownChanges)
    if any(known.get(name) is None for name in resources):
        names = ", ".join(sorted(item.resource for item in known))
        message = t("there are changes of: {names}", names=names or "-")
        raise InvalidInput.of("query.resource", message, "unknown_resource")
    return Sight(known, resources, principal, member)


def _stream(
    request: Request, platform: Platform, sight: Sight, seconds: int | None, last_event: str | None
) -> EventStream:
    async def check() -> None:
        state = (await pass_again(request)).scope["state"]
        sight.look(state["principal"], state.get("member"))

    caller = request.scope["state"]["principal"].user_id
    return EventStream(
        platform.get(Hub).reader(sight.sees, last_event),
        platform.get(Places).taken(caller),
        check,
        platform.settings.live,
        seconds=seconds,
    )
