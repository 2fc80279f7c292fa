"""Archives of everything that is kept about a user, for themselves."""

from fondasi.files.archives.jobs import build, purge
from fondasi.files.archives.personal_data import PERSONAL_DATA
from fondasi.files.archives.routes import router

__all__ = ["PERSONAL_DATA", "build", "purge", "router"]
