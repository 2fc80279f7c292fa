"""A pooler between the service and its database: found by a probe, and used when a setting says so.

A pooler in transaction mode (PgBouncer, pgcat, Supavisor) gives a statement whatever connection is free. So nothing may
stay on one: no prepared statement, no setting, no LISTEN, no lock of a session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from fondasi.kit.db.engine import connect, connection_settings
from fondasi.settings import StartError, host_of

if TYPE_CHECKING:
    from fondasi.settings import DatabaseSettings

PROCESS = "SELECT pg_backend_pid()"
LOOKS = 3
# Times are in milliseconds in pg_settings, which knows nothing of an extension's settings until it is loaded.
OTHERWISE = """
SELECT format(
    'ALTER ROLE %I IN DATABASE %I SET %s = %L;', current_user, current_database(), wanted.name, wanted.setting
)
FROM unnest($1::text[], $2::text[]) AS wanted (name, setting)
LEFT JOIN pg_settings USING (name)
WHERE coalesce(pg_settings.setting, current_setting(name, true)) IS DISTINCT FROM wanted.setting
"""


class PoolerError(StartError):
    """The pooler and the settings do not fit; the message says what to change."""


async def refuse_unfit_pooler(url: str, settings: DatabaseSettings) -> None:
    """See whether there is a pooler in transaction mode where the settings know of none, or one without its settings.

    Args:
        url: address for the app's role.
        settings: say which pooler there is.

    Raises:
        PoolerError: they do not fit.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if settings.pooler == "transaction":
        await _refuse_bare(url, settings)
    elif await shares_connections(url, settings):
        raise PoolerError(
            f"The pooler at {host_of(url)} works in transaction mode. Set DATABASE_POOLER=transaction and "
            "DATABASE_DIRECT_URL to the address of the server behind it, or let it work in session mode."
        )


async def shares_connections(url: str, settings: DatabaseSettings) -> bool:
    """Whether two clients at the same time do not each have a connection of the server."""
    first = await connect(url, settings)
    try:
        if await first.fetchval(PROCESS) == first.get_server_pid():
            return False  # nobody in between
        second = await connect(url, settings)
        try:
            pairs = {(await first.fetchval(PROCESS), await second.fetchval(PROCESS)) for _ in range(LOOKS)}
        finally:
            await second.close()
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
        return True
    finally:
        await first.close()
    return len(pairs) > 1 or any(mine == other for mine, other in pairs)


async def _refuse_bare(url: str, settings: DatabaseSettings) -> None:
    if settings.direct_url is None:
        raise PoolerError(
            "DATABASE_POOLER=transaction needs DATABASE_DIRECT_URL, the address of the server behind the pooler: "
            "workers listen there, and hold locks."
        )
    wanted = connection_settings(settings)
    connection = await connect(url, settings)
    try:
        rows = await connection.fetch(OTHERWISE, list(wanted), list(wanted.values()))
    finally:
        await connection.close()
    if rows:
        raise PoolerError(
            "Through a pooler in transaction mode the role carries the settings of its connections. As a superuser: "
            f"{' '.join(row[0] for row in rows)} Then let the pooler reconnect (RECONNECT in its console)."
        )
