"""Refusals are remembered although everything else of their request is rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from fondasi.kit.audit import Level, current_origin, record

if TYPE_CHECKING:
    from starlette.exceptions import HTTPException
    from starlette.requests import HTTPConnection

log = structlog.get_logger(__name__)
DENIED = frozenset({401, 403})


async def record_refusal(connection: HTTPConnection, error: HTTPException) -> None:
    """Write an entry for the refusal of a signed-in user, and for problems that ask for one (`recorded_as`).

    Strangers without a token leave no entry, for they could fill the table.
    """
    state = connection.scope.get("state", {})
    action: str | None = getattr(error, "recorded_as", None)
    denied = error.status_code in DENIED and state.get("principal") is not None
    platform = getattr(connection.app.state, "platform", None)
    if platform is None or not (action or denied):
        return
    state["status_code"] = error.status_code
    origin = current_origin()
    try:
        async with platform.database.unit_of_work(audited=False) as session:
            await record(
                session,
                action or "access.denied",
                origin.module or "platform",
                f"{getattr(error, 'title', 'Refused')}: {origin.method} {origin.endpoint}",
                level=Level.WARNING,
                user_id=getattr(error, "user_id", None),
                error_details={"error_code": getattr(error, "code", None), "status": error.status_code},
                origin=origin,
            )
    except Exception as failure:  # noqa: BLE001 - the refusal stands, whatever becomes of its entry
        log.warning("refusal_not_recorded", error=type(failure).__name__, action=action or "access.denied")
