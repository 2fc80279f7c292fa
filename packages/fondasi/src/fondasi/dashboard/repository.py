"""The statistics, each as JSON that PostgreSQL makes, so that one statement gives one of them or all.

Days are those of the viewer: they begin at midnight in their timezone, also when a change of the clock makes one of
them 23 or 25 hours long. Days come in as text, for the driver takes the first and the last of the calendar for
infinities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from fondasi.identity import AuthType, UserStatus, UserType
from fondasi.kit.db.json_rows import MOMENT
from fondasi.kit.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fondasi.kit.db import Session

# Every account once, for all the shares.
COUNTED = """
WITH counted AS MATERIALIZED (
    SELECT status, user_type, auth_type, country, language, deleted_at IS NULL AS present, count(*) AS number
    FROM "user" GROUP BY status, user_type, auth_type, country, language, present
)
"""
OVERVIEW = """
SELECT json_build_object(
    'total_users', count(*) FILTER (WHERE present),
    'active_users', count(*) FILTER (WHERE present AND status = 'active'),
    'suspended_users', count(*) FILTER (WHERE present AND status = 'suspended'),
    'deleted_users', count(*) FILTER (WHERE NOT present),
    'verified_emails', count(*) FILTER (WHERE present AND is_email_verified),
    'verified_phones', count(*) FILTER (WHERE present AND is_phone_verified),
    'new_users_today', count(*) FILTER (WHERE created_at >= today),
    'new_users_last_7_days', count(*) FILTER (WHERE created_at >= week),
    'new_users_last_30_days', count(*) FILTER (WHERE created_at >= month),
    'signed_in_today', count(*) FILTER (WHERE present AND last_sign_in_at >= today),
    'signed_in_last_30_days', count(*) FILTER (WHERE present AND last_sign_in_at >= month),
    'open_sessions', (SELECT count(*) FROM session WHERE revoked_at IS NULL AND expires_at > now()),
    'groups', (SELECT count(*) FROM "group"))
FROM (
    SELECT "user".*, deleted_at IS NULL AS present, day::timestamp AT TIME ZONE :zone AS today,
        (day - 6)::timestamp AT TIME ZONE :zone AS week, (day - 29)::timestamp AT TIME ZONE :zone AS month
    FROM "user", (SELECT CAST(CAST(:today AS text) AS date) AS day) AS calendar
) AS account
"""
# The known values in their order, with 0 where there is none; then the others, the most frequent first.
SHARES = """
SELECT json_build_object(
    'total_count', coalesce(sum(number), 0),
    'data', coalesce(json_agg(json_build_object('value', value, 'count', number) ORDER BY place, number DESC, value),
        '[]'))
FROM (
    SELECT coalesce(known.value, seen.value) AS value, known.place, coalesce(seen.number, 0) AS number
    FROM unnest(CAST(:{name} AS text[])) WITH ORDINALITY AS known (value, place)
    FULL JOIN (
        SELECT {column} AS value, sum(number)::bigint AS number FROM counted WHERE {condition} GROUP BY {column}
    ) AS seen ON seen.value = known.value
) AS share
"""
GROWTH = """
SELECT json_build_object(
    'timezone', CAST(:zone AS text),
    'new_users', sum(made),
    'deleted_users', sum(gone),
    'data', json_agg(json_build_object(
        'day', day, 'new_users', made, 'deleted_users', gone, 'total_users', total) ORDER BY day))
FROM (
    SELECT day, made, gone, before + sum(made - gone) OVER (ORDER BY day) AS total
    FROM (
        SELECT series.day::date AS day, coalesce(new.number, 0) AS made, coalesce(old.number, 0) AS gone, (
            SELECT count(*) FROM "user"
            WHERE created_at < CAST(CAST(:first AS text) AS date)::timestamp AT TIME ZONE :zone
              AND (deleted_at IS NULL
                OR deleted_at >= CAST(CAST(:first AS text) AS date)::timestamp AT TIME ZONE :zone)
        ) AS before
        FROM generate_series(
            CAST(CAST(:first AS text) AS date), CAST(CAST(:last AS text) AS date), interval '1 day'
        ) AS series (day)
        LEFT JOIN ({made}) AS new ON new.day = series.day::date
        LEFT JOIN ({gone}) AS old ON old.day = series.day::date
    ) AS per_day
) AS growth
"""
PER_DAY = """
SELECT ({column} AT TIME ZONE :zone)::date AS day, count(*) AS number FROM "user"
WHERE {column} >= CAST(CAST(:first AS text) AS date)::timestamp AT TIME ZONE :zone
  AND {column} < (CAST(CAST(:last AS text) AS date) + 1)::timestamp AT TIME ZONE :zone
GROUP BY 1
"""
ROLES = """
SELECT json_build_object('total_count', count(*), 'data', json_agg(
    json_build_object('group', name, 'seeded', seeded, 'users', users) ORDER BY name))
FROM (
    SELECT "group".name, seeded, count("user".id) AS users
    FROM "group" LEFT JOIN user_group ON group_id = "group".id
    LEFT JOIN "user" ON "user".id = user_id AND "user".deleted_at IS NULL
    GROUP BY "group".id
) AS held
"""
SIGN_INS = """
SELECT json_build_object('data', coalesce(json_agg(json_build_object(
    'user_id', "user".id, 'username', username, 'name', name, 'signed_in_at', MOMENT,
    'user_agent', recent.user_agent) ORDER BY recent.created_at DESC, recent.id DESC), '[]'))
FROM (SELECT * FROM session ORDER BY created_at DESC, id DESC LIMIT :limit) AS recent
JOIN "user" ON "user".id = recent.user_id
""".replace("MOMENT", f"replace(to_char(recent.created_at, '{MOMENT}'), '.000000Z', 'Z')")
# Each of the three by an index on `created_at`. What is deleted after its time is not counted any more.
USAGE = """
SELECT json_build_object('timezone', CAST(:zone AS text), 'data', json_agg(json_build_object(
    'day', series.day::date,
    'sign_ins', coalesce(opened.number, 0), 'signed_in', coalesce(opened.people, 0),
    'jobs_succeeded', coalesce(job.succeeded, 0), 'jobs_failed', coalesce(job.failed, 0),
    'messages_sent', coalesce(message.sent, 0), 'messages_failed', coalesce(message.failed, 0)) ORDER BY series.day))
FROM generate_series(
    CAST(CAST(:first AS text) AS date), CAST(CAST(:last AS text) AS date), interval '1 day'
) AS series (day)
LEFT JOIN ({sessions}) AS opened ON opened.day = series.day::date
LEFT JOIN ({jobs}) AS job ON job.day = series.day::date
LEFT JOIN ({messages}) AS message ON message.day = series.day::date
"""
COUNTED_PER_DAY = """
SELECT (created_at AT TIME ZONE :zone)::date AS day, {counts} FROM {table}
WHERE created_at >= CAST(CAST(:first AS text) AS date)::timestamp AT TIME ZONE :zone
  AND created_at < (CAST(CAST(:last AS text) AS date) + 1)::timestamp AT TIME ZONE :zone
GROUP BY 1
"""
ENDED = "count(*) FILTER (WHERE status IN ({good})) AS {name}, count(*) FILTER (WHERE status = 'failed') AS failed"
KNOWN: dict[str, Sequence[str]] = {
    "status": list(UserStatus),
    "user_type": list(UserType),
    "auth_type": list(AuthType),
    "country": [],
    "language": list(LANGUAGES),
}


def _shares(column: str, condition: str = "present") -> str:
    return SHARES.format(name=f"known_{column}", column=column, condition=condition)


PARTS = {
    "overview": OVERVIEW,
    "users_by_status": _shares("status", "true"),
    "users_by_type": _shares("user_type"),
    "users_by_auth_type": _shares("auth_type"),
    "users_by_country": _shares("country"),
    "users_by_language": _shares("language"),
    "user_growth": GROWTH.format(
        made=PER_DAY.format(column="created_at"), gone=PER_DAY.format(column="deleted_at")
    ),
    "role_statistics": ROLES,
    "recent_sign_ins": SIGN_INS,
}
_STATEMENTS = {name: text(f"{COUNTED} SELECT ({query})") for name, query in PARTS.items()}
_EVERYTHING = text(f"{COUNTED} SELECT {', '.join(f'({query}) AS {name}' for name, query in PARTS.items())}")
_USAGE = text(
    USAGE.format(
        sessions=COUNTED_PER_DAY.format(
            counts="count(*) AS number, count(DISTINCT user_id) AS people", table="session"
        ),
        jobs=COUNTED_PER_DAY.format(counts=ENDED.format(good="'succeeded'", name="succeeded"), table="job"),
        messages=COUNTED_PER_DAY.format(
            counts=ENDED.format(good="'sent', 'outbox'", name="sent"), table="message"
        ),
    )
)


@dataclass(frozen=True, slots=True)
class View:
    """How somebody looks at the statistics.

    Attributes:
        zone: their timezone.
        today: the day that it is there.
        first: the first day of the growth.
        last: its last day.
        limit: how many sign-ins.
    """

    zone: str
    today: date
    first: date
    last: date
    limit: int

    def parameters(self) -> dict[str, Any]:
        """For the statements."""
        known = {f"known_{column}": values for column, values in KNOWN.items()}
        days = {"today": str(self.today), "first": str(self.first), "last": str(self.last)}
        return {"zone": self.zone, "limit": self.limit, **days, **known}


async def statistic(session: Session, name: str, view: View) -> Any:
    """One of `PARTS`."""
    return await session.scalar(_STATEMENTS[name], view.parameters())


async def everything(session: Session, view: View) -> dict[str, Any]:
    """All of `PARTS`, of the same moment."""
    return dict((await session.execute(_EVERYTHING, view.parameters())).mappings().one())


async def usage(session: Session, view: View) -> dict[str, Any]:
    """How the service was used on each day."""
    found: dict[str, Any] = await session.scalar(
        _USAGE, {"zone": view.zone, "first": str(view.first), "last": str(view.last)}
    )
    return found
