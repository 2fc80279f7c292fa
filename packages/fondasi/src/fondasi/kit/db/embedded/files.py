"""Files of a cluster that root writes for another user."""

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


def remove_if_empty(directory: Path) -> None:
    """Remove ``directory`` unless something is in it."""
    with suppress(OSError):
        directory.rmdir()
