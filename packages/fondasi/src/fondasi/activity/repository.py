"""Queries for the trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Row,
    RowMapping,
    exists,
    false,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import selectinload

from fondasi.kit.audit import PLATFORM_CHAIN, ActivityCheckpoint, ActivityRecord, ActivitySeal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from fondasi.kit.db import Session

NEAR = timedelta(minutes=10)  # an id and its created_at are made together
HASH = literal_column("activity_hash(activity)", LargeBinary)
SEALED = selectinload(ActivityRecord.seal)

STATISTICS = text("""
WITH entry AS (
    SELECT (created_at AT TIME ZONE :zone)::date AS day, level, module, action, user_id
    FROM activity
    WHERE created_at >= CAST(CAST(:first AS text) AS date)::timestamp AT TIME ZONE :zone
      AND created_at < (CAST(CAST(:last AS text) AS date) + 1)::timestamp AT TIME ZONE :zone
), counted AS MATERIALIZED (
    SELECT day, level, module, action, count(*) AS number FROM entry GROUP BY day, level, module, action
), per_day AS (
    SELECT moment::date AS day, coalesce(sum(number), 0)::bigint AS number
    FROM generate_series(
        CAST(CAST(:first AS text) AS date), CAST(CAST(:last AS text) AS date), interval '1 day'
    ) AS moment
    LEFT JOIN counted ON counted.day = moment::date GROUP BY moment
), frequent AS (
    SELECT action, sum(number)::bigint AS number FROM counted GROUP BY action ORDER BY number DESC, action LIMIT 20
)
SELECT (SELECT coalesce(sum(number), 0)::bigint FROM counted) AS total,
    (SELECT count(DISTINCT user_id) FROM entry) AS users,
    (SELECT json_agg(json_build_object('day', day, 'count', number) ORDER BY day) FROM per_day) AS days,
    (SELECT coalesce(json_object_agg(level, number), '{}')
        FROM (SELECT level, sum(number)::bigint AS number FROM counted GROUP BY level) AS levels) AS by_level,
    (SELECT coalesce(json_object_agg(module, number), '{}')
        FROM (SELECT module, sum(number)::bigint AS number FROM counted GROUP BY module) AS modules) AS by_module,
    (SELECT coalesce(json_object_agg(action, number ORDER BY number DESC, action), '{}') FROM frequent) AS by_action
""")


async def get_entry(session: Session, entry_id: UUID) -> ActivityRecord | None:
    """An entry."""
    query = select(ActivityRecord).where(ActivityRecord.id == entry_id, made_with(entry_id))
    return (await session.scalars(query.options(SEALED))).first()


def made_with(entry_id: UUID) -> ColumnElement[bool]:
    """That an entry was made when its id was: the time in the id names the partition."""
    made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(entry_id.int >> 80, 2**47))
    if abs(made.year - 2100) > 200:  # noqa: PLR2004 - no id of ours
        return false()
    return ActivityRecord.created_at.between(made - NEAR, made + NEAR)


async def statistics(session: Session, *, first: date, last: date, zone: str) -> RowMapping:
    """Counts of the days from `first` to `last`, as they begin and end in a timezone."""
    # As text: the driver takes the first and the last day of the calendar for infinities.
    parameters = {"first": str(first), "last": str(last), "zone": zone}
    return (await session.execute(STATISTICS, parameters)).mappings().one()


async def chains(session: Session) -> Sequence[UUID]:
    """All chains, the platform's first."""
    sealed = select(ActivitySeal.chain).union(
        select(ActivityCheckpoint.chain),
        select(func.coalesce(ActivityRecord.tenant_id, PLATFORM_CHAIN)),
    )
    return sorted((await session.scalars(sealed)).all())


async def latest_checkpoint(session: Session, chain: UUID) -> ActivityCheckpoint | None:
    """Where the chain begins since it was shortened."""
    query = select(ActivityCheckpoint).where(ActivityCheckpoint.chain == chain)
    return (await session.scalars(query.order_by(ActivityCheckpoint.removed_before.desc()).limit(1))).first()


async def checkpoint_at(session: Session, chain: UUID, position: int) -> ActivityCheckpoint | None:
    """The checkpoint whose hash is that of the link at a position."""
    query = select(ActivityCheckpoint).where(
        ActivityCheckpoint.chain == chain, ActivityCheckpoint.position == position
    )
    return (await session.scalars(query.limit(1))).first()


async def last_link(session: Session, chain: UUID) -> ActivitySeal | ActivityCheckpoint | None:
    """Where a chain ends: its last link, or the checkpoint that all of it was removed to."""
    query = select(ActivitySeal).where(ActivitySeal.chain == chain)
    seal = (await session.scalars(query.order_by(ActivitySeal.position.desc()).limit(1))).first()
    return seal or await latest_checkpoint(session, chain)


async def get_seal(session: Session, chain: UUID, position: int) -> ActivitySeal | None:
    """A link of a chain."""
    return await session.get(ActivitySeal, (chain, position), populate_existing=True)


async def has_links(session: Session, chain: UUID, *, up_to: int) -> bool:
    """Whether there are links of a chain at a position or before it."""
    query = select(exists().where(ActivitySeal.chain == chain, ActivitySeal.position <= up_to))
    return bool(await session.scalar(query))


async def links(
    session: Session, chain: UUID, *, after: int, limit: int
) -> Sequence[Row[ActivitySeal, ActivityRecord, bytes]]:
    """Links of a chain in order, each with its row and that one's hash: None when it is gone, whatever its type."""
    row = (ActivityRecord.id == ActivitySeal.activity_id) & (
        ActivityRecord.created_at == ActivitySeal.created_at
    )
    query = (
        select(ActivitySeal, ActivityRecord, HASH)
        .outerjoin(ActivityRecord, row)
        .where(ActivitySeal.chain == chain, ActivitySeal.position > after)
        .order_by(ActivitySeal.position)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).all()


async def unsealed(session: Session, chain: UUID, *, limit: int) -> tuple[Sequence[Row[UUID, datetime]], int]:
    """Ids and times of the first rows that no link seals: they came in past the trigger; and how many there are."""
    query = select(ActivityRecord.id, ActivityRecord.created_at).where(
        func.coalesce(ActivityRecord.tenant_id, PLATFORM_CHAIN) == chain,
        ~exists().where(ActivitySeal.activity_id == ActivityRecord.id),
    )
    rows = (await session.execute(query.order_by(ActivityRecord.created_at).limit(limit))).all()
    if len(rows) < limit:
        return rows, len(rows)
    return rows, await session.scalar(select(func.count()).select_from(query.subquery())) or 0


async def state_retention(session: Session, months: int) -> None:
    """Say how many months are kept at least. Only the owner of the tables may."""
    await session.execute(text("SELECT set_config('fondasi.activity_maintenance', 'on', true)"))
    await session.execute(
        text(
            "INSERT INTO activity_retention (id, months) VALUES (1, :months) "
            "ON CONFLICT (id) DO UPDATE SET months = excluded.months"
        ),
        {"months": months},
    )


async def make_partitions(session: Session, months: int) -> int:
    """Make the partitions of this month and the next ones; how many were missing."""
    made = await session.scalar(text("SELECT activity_make_partitions(:months)"), {"months": months})
    return int(made or 0)


async def remove_before(session: Session, moment: datetime) -> int:
    """Remove whole months that ended before a moment, none younger than the retention; how many rows went."""
    removed = await session.scalar(text("SELECT activity_remove_before(:moment)"), {"moment": moment})
    return int(removed or 0)
