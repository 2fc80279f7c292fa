"""Whether a database fits this release: what `migrate`, `doctor` and every start ask first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

MINIMUM_POSTGRESQL = 16
MINIMUM_VECTOR = (0, 8)
ARCHIVE = (
    " (where apt has no such package, first: apt install postgresql-common, "
    "then /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh)"
)
SERVER = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
    coalesce(installed.extversion, available.default_version), installed.extversion IS NOT NULL,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR coalesce(
        (SELECT bool_or(trusted) FROM pg_available_extension_versions WHERE name = 'vector')
            AND has_database_privilege(current_database(), 'CREATE'), false)
FROM (SELECT 1) AS one
LEFT JOIN pg_extension AS installed ON installed.extname = 'vector'
LEFT JOIN pg_available_extensions AS available ON available.name = 'vector'
"""


class UnsuitableDatabaseError(StartError):
    """The server is too old, or has no pgvector; the message says what to install."""


class NewerDatabaseError(StartError):
    """The database has revisions that this code does not know."""


def server_faults(connection: Connection) -> tuple[str | None, str | None]:
    """What is wrong with the server and with its pgvector, and what to do about it; None where all is well."""
    version, major, vector, installed, may_install = connection.execute(text(SERVER)).one()
    wanted = max(major, MINIMUM_POSTGRESQL)
    install = f"On Debian and Ubuntu: apt install postgresql-{wanted}-pgvector{ARCHIVE}"
    needed = ".".join(map(str, MINIMUM_VECTOR))
    server = pgvector = None
    if major < MINIMUM_POSTGRESQL:
        server = (
            f"This server is PostgreSQL {version.split()[0]}; {MINIMUM_POSTGRESQL} is needed. "
            f"On Debian and Ubuntu: apt install postgresql-{wanted}{ARCHIVE}"
        )
    if vector is None:
        pgvector = f"This server has no pgvector; {needed} is needed. {install}"
    elif tuple(int(part) for part in vector.split(".")[:2]) < MINIMUM_VECTOR:
        update = ", then as a superuser of this database: ALTER EXTENSION vector UPDATE" if installed else ""
        pgvector = f"This server has pgvector {vector}; {needed} is needed. {install}{update}"
    elif not (installed or may_install):
        pgvector = (
            "pgvector is not switched on, and this role may not do it. "
            "As a superuser of this database: CREATE EXTENSION vector"
        )
    return server, pgvector


def refuse_unsuitable(connection: Connection) -> None:
    """Refuse a server that is too old or has no pgvector.

    Raises:
        UnsuitableDatabaseError: it does.
    """
    if faults := [fault for fault in server_faults(connection) if fault]:
        raise UnsuitableDatabaseError("\n".join(f"{fault}." for fault in faults))


def refuse_newer(reached: Collection[str], known: Collection[str]) -> None:
    """Refuse a database with revisions of a later release, of another branch of the code, or of a deleted file.

    Args:
        reached: where the database stands.
        known: all revisions of the package.

    Raises:
        NewerDatabaseError: names them.
    """
    if unknown := sorted(set(reached) - set(known)):
        raise NewerDatabaseError(
            f"This database has {', '.join(unknown)}, which the code has not: "  # noqa: S608 - words
            "a newer release wrote it, or the file of a revision was deleted. Update the code, or bring the file back; "
            "or, as no command takes a revision back, restore the backup that you made before you migrated; "
            "or set FONDASI_DATA_DIR, or DATABASE_URL, to another database."
        )
