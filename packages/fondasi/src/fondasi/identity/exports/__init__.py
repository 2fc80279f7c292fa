"""Archives of everything that is kept about a user, for themselves."""

from fondasi.identity.exports.jobs import build, purge
from fondasi.identity.exports.personal_data import PERSONAL_DATA
from fondasi.identity.exports.routes import router

__all__ = ["PERSONAL_DATA", "build", "purge", "router"]
