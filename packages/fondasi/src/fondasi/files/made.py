"""Files that the service makes for somebody: exports and reports. Their owner alone sees them, until they end.

They count against no quota, are in no list of files, and are read by the links of whoever made them. `files.purge`
removes them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.files import repository
from fondasi.files.links import Links
from fondasi.files.models import File, StoredObject, TenantFile, key_of
from fondasi.files.objects import drop_object
from fondasi.kit import clock
from fondasi.kit.ids import new_id
from fondasi.kit.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from fondasi.files.repository import AnyFile
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


class TooLargeError(Exception):
    """More is written than the file may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A file to be made.

    Attributes:
        owner_id: who alone sees it.
        tenant_id: whose rows are in it; it ends with that tenant, and when its owner leaves it.
        name: with the ending of its type.
        expires_at: when it ends.
        limit: bytes.
    """

    owner_id: UUID
    tenant_id: UUID | None = None
    name: str
    media_type: str
    expires_at: datetime
    limit: int


async def make(
    session: Session, platform: Platform, wanted: Making, content: AsyncIterator[bytes]
) -> AnyFile:
    """Store what comes as a file, which is there when the session's unit of work commits.

    Raises:
        TooLargeError: more comes than it may have.
        StorageError: it cannot be stored.
    """
    object_id = new_id()
    async with platform.database.unit_of_work(audited=False) as before:
        before.add(StoredObject(id=object_id, expires_at=wanted.expires_at))
    try:
        size = await platform.get(Storage).write(key_of(object_id), _bounded(content, wanted.limit))
    except BaseException:
        await asyncio.shield(drop_object(platform.database, platform.get(Storage), object_id))
        raise
    await repository.keep(session, object_id, size, ())
    fields = {
        "id": object_id,
        "owner_id": wanted.owner_id,
        "name": wanted.name,
        "media_type": wanted.media_type,
        "size": size,
    }
    file = File(**fields) if wanted.tenant_id is None else TenantFile(tenant_id=wanted.tenant_id, **fields)
    session.add(file)
    await session.flush()
    return file


async def read_made(
    session: Session, file_id: UUID, *, owner_id: UUID, tenant_id: UUID | None = None
) -> AnyFile | None:
    """A file that was made for somebody, until it ends."""
    file = await repository.get_file(
        session, file_id, tenant_id=tenant_id, owner_id=owner_id, kept_until=clock.now()
    )
    return file if file is not None and file.stored.expires_at is not None else None


def link_to(platform: Platform, file: AnyFile) -> str:
    """The path of a link to it that begins now."""
    return platform.get(Links).path(file.id, getattr(file, "tenant_id", None))


async def _bounded(content: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in content:
        size += len(piece)
        if size > limit:
            raise TooLargeError
        yield piece
