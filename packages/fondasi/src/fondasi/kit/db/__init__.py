"""PostgreSQL: the embedded server or an address, sessions, the unit of work, tables and migrations."""

from fondasi.kit.db.base import Base, Entity, SoftDelete
from fondasi.kit.db.database import Database, KeepsWork, Session, driver_connection
from fondasi.kit.db.engine import DatabaseUnavailableError, is_unavailable

__all__ = [
    "Base",
    "Database",
    "DatabaseUnavailableError",
    "Entity",
    "KeepsWork",
    "Session",
    "SoftDelete",
    "driver_connection",
    "is_unavailable",
]
