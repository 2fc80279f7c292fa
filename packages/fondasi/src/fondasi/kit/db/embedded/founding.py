"""A cluster is made: whole or not at all."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from fondasi.kit.db.embedded.account import Account, founder
from fondasi.kit.db.embedded.configuration import BOOTSTRAP_SQL, CONFIGURATION_FILE, INITDB_OPTIONS
from fondasi.kit.db.embedded.errors import EmbeddedServerError
from fondasi.kit.db.embedded.programs import Programs, tail
from fondasi.kit.disk import sync_directory

_MEGABYTES_NEEDED: Final = 100


def found_cluster(directory: Path, account: Account, programs: Programs, *, durable: bool) -> None:
    """Make a cluster beside its place, and rename it.

    Args:
        directory: where it will lie, in a directory that exists.
        account: whose it is.
        programs: of PostgreSQL.
        durable: whether it survives a power cut.

    Raises:
        EmbeddedServerError: it cannot be made; nothing is left of it.
    """
    parent = directory.parent
    for leftover in parent.glob(".postgres-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=".postgres-", dir=parent))
    made = staging / directory.name
    maker = founder(account)
    try:
        made.mkdir(mode=0o700)
        maker.own(made)
        _run(programs, maker, "initdb", made, *INITDB_OPTIONS, "--no-sync")
        with (made / "postgresql.conf").open("a") as file:
            file.write(f"\ninclude_if_exists = '{CONFIGURATION_FILE}'\n")
        single = ("-j", "-c", "exit_on_error=on", "-c", "fsync=off", "template1")
        _run(programs, maker, "postgres --single", made, *single, text=BOOTSTRAP_SQL)
        if durable:
            _run(programs, maker, "initdb", made, "--sync-only")
        if maker != account:
            account.own_all(made)
        made.rename(directory)
        if durable:
            sync_directory(parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _run(
    programs: Programs, account: Account, program: str, made: Path, *arguments: str, text: str = ""
) -> None:
    with tempfile.TemporaryFile() as source:
        source.write(text.encode())
        source.seek(0)
        process = programs.launch(
            account,
            program,
            made,
            *arguments,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output = process.communicate()[0].decode(errors="replace")
    if process.returncode == 0:
        return
    place = made.parent.parent
    if "No space left on device" in output:
        free = shutil.disk_usage(place).free >> 20
        raise EmbeddedServerError(
            f"The disk of {place} is full: {free} MB are free, and a new database needs {_MEGABYTES_NEEDED} MB. "
            "Free some, or set FONDASI_DATA_DIR to a directory on another disk, and start again."
        )
    raise EmbeddedServerError(
        f"The database in {place / made.name} could not be made. Free space, or set FONDASI_DATA_DIR to "
        f"another directory, and start again. PostgreSQL said:\n{tail(output)}"
    )
