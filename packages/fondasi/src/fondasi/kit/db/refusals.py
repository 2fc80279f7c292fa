"""What a database that refuses or fails is told about, in a sentence with the remedy."""

from __future__ import annotations

import asyncpg

from fondasi.settings import host_of

DISK_FULL = "The disk of the database is full; free some space."


def unreachable(url: str, error: BaseException) -> str:
    """Why no connection can be made; names the host, and neither user nor password."""
    host = host_of(url)
    reached = f"PostgreSQL at {host} was reached, and "
    match error:
        case asyncpg.InvalidPasswordError():
            return reached + "the password was refused. Check it, and the user name, in the address."
        case asyncpg.InvalidAuthorizationSpecificationError():
            return (
                reached + "lets this user not in: there is no such role, or pg_hba.conf has no line for it."
            )
        case asyncpg.InvalidCatalogNameError():
            return reached + "has no database of that name. Create it, or mend the name in the address."
        case asyncpg.TooManyConnectionsError():
            return reached + "takes no more connections. Raise max_connections, or lower DATABASE_POOL_SIZE."
        case asyncpg.DiskFullError():
            return DISK_FULL
    return _other(host, error)


def _other(host: str, error: BaseException) -> str:
    if "unsupported startup parameter" in str(error):
        return (
            f"The pooler at {host} takes no settings of a connection ({error}). Set DATABASE_POOLER=transaction and "
            "DATABASE_DIRECT_URL, or let it pass them on in session mode (ignore_startup_parameters drops them)."
        )
    return f"PostgreSQL at {host} cannot be reached: {error or type(error).__name__}"
