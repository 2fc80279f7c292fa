"""Comparing the storage with the database. They agree by themselves, but not after one of them was restored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from fondasi.files import repository
from fondasi.files.models import FILE_KEY
from fondasi.kit.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.platform import Platform

BATCH = 1000


@dataclass(slots=True)
class Checked:
    """What was found.

    Attributes:
        stored: objects in the storage.
        unknown: those of them of which the database knows nothing.
        files: complete files in the database.
        lacking: ids of those that are not in the storage.
    """

    stored: int = 0
    unknown: int = 0
    files: int = 0
    lacking: list[UUID] = field(default_factory=list)


async def check(platform: Platform, *, remove: bool) -> Checked:
    """Go through both; what is uploaded or deleted meanwhile counts for neither.

    Args:
        platform: the running platform.
        remove: what the database does not know.

    Raises:
        StorageError: the storage cannot be listed.
    """
    found, there = Checked(), set[UUID]()
    async with platform.database.read_session(fresh=True) as session:
        complete = await repository.kept_ids(session)
    async for keys in platform.get(Storage).listed():
        found.stored += len(keys)
        there.update(file_id for key in keys if (file_id := _id_of(key)) is not None)
        for key in await _unknown(platform, keys):
            found.unknown += 1
            if remove:
                await platform.get(Storage).delete(key)
    found.files = len(complete)
    found.lacking = await _still_lacking(platform, sorted(complete - there))
    return found


def _id_of(key: str) -> UUID | None:
    match = FILE_KEY.fullmatch(key)
    return UUID(match[1]) if match else None


async def _unknown(platform: Platform, keys: Sequence[str]) -> list[str]:
    by_key = {key: _id_of(key) for key in keys}
    async with platform.database.read_session(fresh=True) as session:
        known = await repository.known_ids(session, [each for each in by_key.values() if each is not None])
    return [key for key, file_id in by_key.items() if file_id not in known]


async def _still_lacking(platform: Platform, ids: Sequence[UUID]) -> list[UUID]:
    """Those that were not deleted since."""
    lacking: list[UUID] = []
    for start in range(0, len(ids), BATCH):
        async with platform.database.read_session(fresh=True) as session:
            known = await repository.known_ids(session, ids[start : start + BATCH])
        lacking += [each for each in ids[start : start + BATCH] if each in known]
    return lacking
