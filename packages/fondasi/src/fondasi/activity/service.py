"""The rules of reading the trail and adding to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from fondasi.access import usernames
from fondasi.activity import repository
from fondasi.activity.agents import read_agent, read_agents
from fondasi.activity.schemas import ActivityRead, ChainRead
from fondasi.kit.audit import PLATFORM_CHAIN, ActivityRecord, ActivitySeal, Level, record
from fondasi.kit.db import Database
from fondasi.kit.http import NotFound, check_timezone, range_of_days, today_in
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from starlette.responses import Response

    from fondasi.activity.schemas import ActivityCreate
    from fondasi.kit.db import Session
    from fondasi.kit.http import Wanted
    from fondasi.settings import Settings

MONTHS_AHEAD = 3
PLACE = ("session_id", "ip_address", "user_agent", "device", "browser", "os")

log = structlog.get_logger(__name__)


def within(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    """What holds for the entries of a time: not before its first moment, and before its last one."""
    found = [] if since is None else [ActivityRecord.created_at >= since]
    return found if until is None else [*found, ActivityRecord.created_at < until]


async def list_activity(
    wanted: Wanted,
    session: Session,
    *conditions: ColumnElement[bool],
    any_of: Sequence[ColumnElement[bool]] = (),
    shown: Callable[[dict[str, Any]], dict[str, Any]] = lambda entry: entry,
) -> Response:
    """A list of entries.

    Args:
        wanted: what is asked of it.
        session: where to read.
        conditions: what holds for all entries that the caller may see.
        any_of: of these, one holds at least.
        shown: makes of an entry what the caller may see of it.
    """
    names: dict[UUID, str] = {}

    async def prepare(rows: Sequence[ActivityRecord]) -> None:
        await read_agents([row.user_agent for row in rows])
        names.update(await _names(session, rows))

    return await wanted.answer(
        session,
        *conditions,
        any_of=any_of,
        shape=lambda row: ActivityRead.model_validate(shown(describe(row, names))),
        prepare=prepare,
    )


async def list_own_activity(
    wanted: Wanted, session: Session, person: UUID, *conditions: ColumnElement[bool]
) -> Response:
    """What somebody did and what was done to their account; not where others sat who did it."""
    return await list_activity(
        wanted,
        session,
        *conditions,
        any_of=[ActivityRecord.user_id == person, ActivityRecord.subject_id == person],
        shown=lambda entry: entry if entry["user_id"] == person else without_place(entry),
    )


def without_place(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry that does not tell where its author sat."""
    details = {key: value for key, value in entry["metadata"].items() if key != "os_user"}
    return {**entry, **dict.fromkeys(PLACE), "metadata": details}


async def read_activity(session: Session, entry_id: UUID) -> dict[str, Any]:
    """An entry.

    Raises:
        NotFound: there is none with that id.
    """
    found = await repository.get_entry(session, entry_id)
    if found is None:
        raise NotFound(t("There is no such entry."))
    await read_agents([found.user_agent])
    return describe(found, await _names(session, [found]))


async def read_chain(session: Session, tenant_id: UUID | None) -> ChainRead:
    """Where a chain begins and ends: the tenant's, or the platform's own."""
    chain = tenant_id or PLATFORM_CHAIN
    last, checkpoint = (
        await repository.last_link(session, chain),
        await repository.latest_checkpoint(session, chain),
    )
    return ChainRead(
        tenant_id=tenant_id,
        first_position=checkpoint.position + 1 if checkpoint else 1,
        last_position=last.position if last else 0,
        last_hash=last.hash.hex() if last else None,
        last_entry_at=last.created_at if isinstance(last, ActivitySeal) else None,
        removed_before=checkpoint.removed_before if checkpoint else None,
    )


async def create_activity(session: Session, new: ActivityCreate) -> UUID:
    """Write a client's own entry."""
    return await record(
        session, new.action, "client", new.message, level=Level(new.level), metadata=new.metadata
    )


async def statistics(session: Session, first: date | None, last: date | None, zone: str) -> dict[str, Any]:
    """Counts of the days from `first` to `last` in a timezone; of the last 30 days when not said.

    Raises:
        InvalidInput: no such timezone, or not a range of at most a year.
    """
    check_timezone(zone)
    first, last = range_of_days(first, last, today_in(zone))
    row = await repository.statistics(session, first=first, last=last, zone=zone)
    return {"timezone": zone, **row}


async def prepare_partitions(database: Database) -> None:
    """Make the coming partitions. If that fails, entries wait in the default partition until it succeeds."""
    try:
        async with database.unit_of_work(audited=False) as session:
            await repository.make_partitions(session, MONTHS_AHEAD)
    except SQLAlchemyError as error:
        log.warning("activity_partitions_not_made", error=type(error).__name__)


async def state_retention(owner_url: str, settings: Settings) -> None:
    """Let the owner of the database say how long the trail is kept: what is younger, nobody else can remove."""
    database = Database(owner_url, settings.database)
    try:
        async with database.unit_of_work(audited=False) as session:
            await repository.state_retention(session, settings.activity.keep_months)
    finally:
        await database.close()


def describe(row: ActivityRecord, names: Mapping[UUID, str]) -> dict[str, Any]:
    """An entry with its link, its user agent for people, and who is meant by its ids.

    Args:
        row: the entry.
        names: user names by the id of their account.
    """
    agent, seal = read_agent(row.user_agent), row.seal
    return {
        **{column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs},
        "username": _name(names, row.user_id),
        "subject_username": _name(names, row.subject_id),
        "metadata": row.details,
        "device": agent.device,
        "browser": agent.browser,
        "os": agent.os,
        "position": seal.position if seal else None,
        "previous_hash": seal.previous_hash.hex() if seal else None,
        "hash": seal.hash.hex() if seal else None,
    }


async def _names(session: Session, rows: Sequence[ActivityRecord]) -> dict[UUID, str]:
    return await usernames(session, [person for row in rows for person in (row.user_id, row.subject_id)])


def _name(names: Mapping[UUID, str], person: UUID | None) -> str | None:
    return None if person is None else names.get(person)
