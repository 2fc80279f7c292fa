"""A pooler between the service and its database: found by a probe, and used when a setting says so.

A pooler in transaction mode (PgBouncer, pgcat, Supavisor) gives a statement whatever connection is free. So nothing may
stay on one: no prepared statement, no setting, no LISTEN, no lock of a session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.kit.db.engine import connect
from fondasi.settings import StartError, host_of

if TYPE_CHECKING:
    from fondasi.settings import DatabaseSettings

# What the platform otherwise says for each connection.
ROLE_SETTINGS = {
    "statement_timeout": "20s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "100",
}
MISSING = """
SELECT array_agg(name ORDER BY name) FROM unnest($1::text[]) AS name
WHERE coalesce(current_setting(name, true), '0') IN ('0', 'on', 'off', '') AND name <> 'jit'
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
    """Whether two clients at the same time are on one connection of the server."""
    first = await connect(url, settings)
    try:
        process = await first.fetchval("SELECT pg_backend_pid()")
        if process == first.get_server_pid():
            return False  # nobody in between
        second = await connect(url, settings)
        try:
            return bool(process == await second.fetchval("SELECT pg_backend_pid()"))
        finally:
            await second.close()
    finally:
        await first.close()


async def _refuse_bare(url: str, settings: DatabaseSettings) -> None:
    if settings.direct_url is None:
        raise PoolerError(
            "DATABASE_POOLER=transaction needs DATABASE_DIRECT_URL, the address of the server behind the pooler: "
            "workers listen there, and hold locks."
        )
    connection = await connect(url, settings)
    try:
        missing: list[str] | None = await connection.fetchval(MISSING, list(ROLE_SETTINGS))
        role: str = await connection.fetchval("SELECT quote_ident(current_user)")
    finally:
        await connection.close()
    if missing:
        cure = " ".join(f"ALTER ROLE {role} SET {name} = '{ROLE_SETTINGS[name]}';" for name in missing)
        raise PoolerError(
            "Through a pooler in transaction mode the role carries the settings of its connections. As a superuser: "
            f"{cure} Then let the pooler reconnect (RECONNECT in its console)."
        )
