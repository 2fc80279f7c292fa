"""Profile pictures: a file of one's own that the profile refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.files import repository
from fondasi.files.links import Links
from fondasi.files.pictures import PICTURES
from fondasi.files.service import ROOM, Shelf, store, tell_deleted
from fondasi.kit.audit import record
from fondasi.kit.live import changed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from fondasi.files.schemas import FileRead
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


async def replace_picture(
    platform: Platform, user_id: UUID, name: str, content: AsyncIterator[bytes]
) -> FileRead:
    """Keep a picture as a user's file, and have their profile show it. The one before is deleted.

    Raises:
        FileTypeRefused: it is no picture that is taken.
        Problem: as `service.store` raises.
    """
    shelf = Shelf(user_id, None, sees_all=False, deletes_all=False)
    file = await store(platform, shelf, name, content, only=PICTURES)
    url = platform.get(Links).path(file.id, lasting=True)
    async with platform.database.unit_of_work() as session:
        await repository.lock_owner(session, user_id)
        await _show(session, user_id, file.id, url)
        await record(session, "files.picture", ROOM, "Set a profile picture.", metadata={"file_id": file.id})
    return file


async def remove_picture(session: Session, user_id: UUID) -> None:
    """Have a user's profile show no picture; one that was uploaded for it is deleted."""
    await repository.lock_owner(session, user_id)
    await _show(session, user_id, None, None)
    await record(session, "files.picture", ROOM, "Removed the profile picture.")


async def _show(session: Session, user_id: UUID, file_id: UUID | None, url: str | None) -> None:
    """Show another picture, or none, and tell of it and of the one that is deleted."""
    if (former := await repository.drop_picture(session, user_id)) is not None:
        await tell_deleted(session, former)
    await repository.set_picture(session, user_id, file_id, url)
    changed(session, "users", user_id, owner=user_id)
