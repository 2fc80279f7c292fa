"""Files of a cluster that live through power cuts, and that root writes for another user."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from fondasi.kit.db.embedded.account import Account


def write_anew(path: Path, text: str, account: Account) -> None:
    """Write a file of ``account``'s: made beside its place and renamed, so that root follows no link set there."""
    descriptor, written = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    account.own(Path(written))
    Path(written).replace(path)


def sync_directory(path: Path) -> None:
    """Have the entries of directory ``path`` survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_if_empty(directory: Path) -> None:
    """Remove ``directory`` unless something is in it."""
    with suppress(OSError):
        directory.rmdir()
