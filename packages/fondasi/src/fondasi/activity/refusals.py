"""Refusals are remembered although everything else of their request is rolled back.

Nobody fills the trail with them: the first of a person within ten minutes are written one by one, further ones are
counted and written once a minute, as one entry that says how many. Those of strangers are written behind the answer,
whose time would tell otherwise whether there is such an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from starlette.background import BackgroundTask

from fondasi.kit.audit import Level, Origin, current_origin, record
from fondasi.kit.written_often import WrittenOften

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.exceptions import HTTPException
    from starlette.requests import HTTPConnection

    from fondasi.kit.db import Database

log = structlog.get_logger(__name__)
DENIED = frozenset({401, 403})
FAILED = ".failed"
WINDOW = 600.0  # seconds
ONE_BY_ONE = 20  # entries of a person within the window
OF_NOBODY = 60  # entries about no account, of all strangers together
MOST_PEOPLE = 10_000  # that are remembered at a time
MOST_COUNTED = 1000  # kinds of refusals, by person, that are counted at a time


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as the trail tells it.

    Attributes:
        user_id: whose account it is about.
    """

    action: str
    title: str
    code: str | None
    status: int
    user_id: UUID | None
    origin: Origin


@dataclass(slots=True)
class _Counted:
    last: Refusal
    times: int = 0


class Refusals(WrittenOften):
    """Writes refusals, few of each person; `platform.get(Refusals)`.

    Args:
        database: of the platform.
    """

    every = 60.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: dict[UUID | None, tuple[float, int]] = {}  # since when, how many
        self._counted: dict[tuple[Any, ...], _Counted] = {}

    async def tell(self, refusal: Refusal) -> None:
        """Write an entry, or count it where there were many."""
        if self._has_room(refusal.user_id):
            await self._write_one(refusal)
            return
        key: tuple[Any, ...] = (refusal.user_id, refusal.origin.tenant_id, refusal.action, refusal.code)
        if key not in self._counted and len(self._counted) >= MOST_COUNTED:
            key = (None, refusal.action)
        counted = self._counted.setdefault(key, _Counted(refusal))
        counted.last = refusal
        counted.times += 1

    async def write(self) -> None:
        """Write what was counted."""
        counted, self._counted = self._counted, {}
        for item in counted.values():
            await self._write_one(item.last, times=item.times)

    def _has_room(self, user_id: UUID | None) -> bool:
        now = monotonic()
        since, written = self._written.get(user_id, (now, 0))
        if now - since > WINDOW:
            since, written = now, 0
        if len(self._written) >= MOST_PEOPLE and user_id not in self._written:
            self._written = {key: value for key, value in self._written.items() if now - value[0] <= WINDOW}
            if len(self._written) >= MOST_PEOPLE:
                return False
        self._written[user_id] = (since, written + 1)
        return written < (OF_NOBODY if user_id is None else ONE_BY_ONE)

    async def _write_one(self, refusal: Refusal, times: int = 0) -> None:
        origin = refusal.origin
        told = f"{refusal.title}: {origin.method} {origin.endpoint}"
        try:
            async with self._database.unit_of_work(audited=False) as session:
                await record(
                    session,
                    refusal.action,
                    origin.module or "platform",
                    f"{told}, the last of {times}" if times else told,
                    level=Level.WARNING,
                    user_id=origin.user_id or refusal.user_id,
                    subject_id=refusal.user_id,
                    metadata={"times": times} if times else None,
                    error_details={"error_code": refusal.code, "status": refusal.status},
                    origin=origin,
                )
        except Exception as failure:  # noqa: BLE001 - the refusal stands, whatever becomes of its entry
            log.warning("refusal_not_recorded", error=type(failure).__name__, action=refusal.action)


async def record_refusal(connection: HTTPConnection, error: HTTPException) -> BackgroundTask | None:
    """Write an entry for the refusal of a signed-in user, and for problems that ask for one (`recorded_as`).

    Strangers leave an entry for a failed sign-in, and for a failed try on somebody's account; else none.

    Returns:
        What remains to be done behind the answer.
    """
    state = connection.scope.get("state", {})
    platform = getattr(connection.app.state, "platform", None)
    if platform is None:
        return None
    state["status_code"] = error.status_code
    origin = current_origin()
    user_id: UUID | None = getattr(error, "user_id", None) or origin.user_id
    action = _action(error, origin, user_id)
    if action is None:
        return None
    title = str(getattr(error, "title", "Refused"))
    refusal = Refusal(action, title, getattr(error, "code", None), error.status_code, user_id, origin)
    refusals = platform.get(Refusals)
    if origin.user_id is None:
        return BackgroundTask(refusals.tell, refusal)
    await refusals.tell(refusal)
    return None


def _action(error: HTTPException, origin: Origin, user_id: UUID | None) -> str | None:
    """What the entry is called; None where there is none."""
    recorded_as: str | None = getattr(error, "recorded_as", None)
    if recorded_as == FAILED:
        return f"{origin.operation}{FAILED}" if user_id is not None else None
    denied = error.status_code in DENIED and origin.user_id is not None
    return recorded_as or ("access.denied" if denied else None)
