"""PostgreSQL with nothing installed: the server that runs where no ``DATABASE_URL`` is set."""

from fondasi.kit.db.embedded.errors import EmbeddedServerError
from fondasi.kit.db.embedded.server import EmbeddedServer, Role, unused

__all__ = ["EmbeddedServer", "EmbeddedServerError", "Role", "unused"]
