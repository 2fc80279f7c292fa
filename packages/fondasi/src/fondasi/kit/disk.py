"""What lives through power cuts, and how much room there is."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NEARLY_FULL = 64 * 1024 * 1024  # bytes that are free; with fewer the service is not ready


def sync_directory(path: Path) -> None:
    """Have the entries of directory ``path`` survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(folder: Path) -> int:
    """Bytes that are free on the disk of a folder; where it is not there, of the nearest one that is.

    Raises:
        OSError: the folder cannot be looked at.
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(path))
    return shutil.disk_usage(nearest).free
