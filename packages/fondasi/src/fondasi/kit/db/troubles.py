"""What ends a command when the database fails under it, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from fondasi.kit.db.engine import is_unavailable
from fondasi.kit.db.refusals import DISK_FULL
from fondasi.kit.disk import free_bytes

if TYPE_CHECKING:
    from pathlib import Path

SEGMENTS = 32 << 20  # bytes
WENT_AWAY = "The database went away. What was committed stays; run the command again when it is back."


def trouble(error: BaseException, folder: Path | None = None) -> str | None:
    """The state of the database that the error tells; None where it tells of something else.

    Args:
        error: what ended a command.
        folder: where the embedded database lies: it ends itself when it cannot write its log, without another word.
    """
    if is_full(error):
        return DISK_FULL
    if not is_unavailable(error):
        return None
    return DISK_FULL if folder is not None and has_little_room(folder) else WENT_AWAY


def has_little_room(folder: Path) -> bool:
    """Whether the disk of a folder has no place for two more segments of PostgreSQL's log."""
    return free_bytes(folder) < SEGMENTS


def is_full(error: BaseException) -> bool:
    """Whether the database's disk took no more, whichever layer tells it."""
    return any(isinstance(item, asyncpg.DiskFullError) for item in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what the ORM wrapped, and what the driver's adapter did."""
    inner = getattr(error, "orig", None)
    found = [error, *([inner] if isinstance(inner, BaseException) else [])]
    return [*found, *(item.__cause__ for item in found if item.__cause__ is not None)]
