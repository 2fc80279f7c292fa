"""PostgreSQL: the embedded server or an address, sessions, the unit of work, tables and migrations."""

from fondasi.kit.db.base import Base, Entity, SoftDelete
from fondasi.kit.db.conflicts import conflict_columns, conflict_words
from fondasi.kit.db.database import Database, KeepsWork, Session, driver_connection, open_database
from fondasi.kit.db.driver import DatabaseUnavailableError, lift_limits
from fondasi.kit.db.engine import is_unavailable
from fondasi.kit.db.json_rows import moment
from fondasi.kit.db.tenants import TenantOwned, TenantScoped, tenant_reference, tenant_unique
from fondasi.kit.db.versions import Versioned, edits_of
from fondasi.kit.db.waiting import AFTER, Write, put_off

__all__ = [
    "AFTER",
    "Base",
    "Database",
    "DatabaseUnavailableError",
    "Entity",
    "KeepsWork",
    "Session",
    "SoftDelete",
    "TenantOwned",
    "TenantScoped",
    "Versioned",
    "Write",
    "conflict_columns",
    "conflict_words",
    "driver_connection",
    "edits_of",
    "is_unavailable",
    "lift_limits",
    "moment",
    "open_database",
    "put_off",
    "tenant_reference",
    "tenant_unique",
]
