"""Bytes that a row of an application's own table refers to: no user's, in no list of files, in nobody's quota.

The table refers to `stored_object` and has the trigger `mark_object_gone`: when its row goes, whatever deletes that,
`files.purge` removes the bytes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from fondasi.files import repository
from fondasi.files.downloads import Content, etag_of
from fondasi.files.models import StoredObject, key_of
from fondasi.kit.db import DatabaseUnavailableError
from fondasi.kit.ids import new_id
from fondasi.kit.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    from fondasi.kit.db import Database, Session
    from fondasi.kit.storage import Storage

AT_ONCE = 4


async def write_objects(
    database: Database, storage: Storage, contents: Sequence[AsyncIterator[bytes]]
) -> list[tuple[UUID, int] | BaseException]:
    """Write contents into the storage, each as an object: its id and its bytes, or why it could not be written.

    No transaction is open meanwhile. What no row refers to in the end, `files.purge` removes within a day.
    """
    ids = [new_id() for _ in contents]
    async with database.unit_of_work(audited=False) as session:
        session.add_all(StoredObject(id=object_id) for object_id in ids)
    places = asyncio.Semaphore(AT_ONCE)

    async def write(object_id: UUID, content: AsyncIterator[bytes]) -> tuple[UUID, int]:
        async with places:
            return object_id, await storage.write(key_of(object_id), content)

    written = await asyncio.gather(*map(write, ids, contents), return_exceptions=True)
    for object_id, result in zip(ids, written, strict=True):
        if isinstance(result, BaseException):
            await drop_object(database, storage, object_id)
    return written


def object_content(object_id: UUID, name: str, media_type: str, size: int) -> Content:
    """An object as `answer_with` answers with it."""
    return Content(key_of(object_id), name, media_type, size, etag_of(object_id))


async def keep_object(session: Session, object_id: UUID, size: int) -> None:
    """Say that an object is complete, in the unit of work that adds the row which refers to it."""
    await repository.keep(session, object_id, size, ())


async def drop_object(database: Database, storage: Storage, object_id: UUID) -> None:
    """Remove an object that no row refers to. What cannot be removed now, the job `files.purge` removes.

    A commit whose answer was lost may have kept it: then it stays.
    """
    with suppress(StorageError, DBAPIError, DatabaseUnavailableError, OSError):
        async with database.unit_of_work(audited=False) as session:
            given_up = await repository.give_up(session, object_id)
        if given_up:
            await storage.delete(key_of(object_id))
            async with database.unit_of_work(audited=False) as session:
                await repository.forget(session, [object_id])
