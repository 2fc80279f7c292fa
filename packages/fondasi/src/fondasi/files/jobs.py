"""Removing what deleted files and broken uploads left in the storage; making pictures smaller."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import structlog

from fondasi.files import repository
from fondasi.files.models import key_of
from fondasi.files.thumbnails import NotDecodedError, key_of_thumbnail, smaller
from fondasi.kit import clock
from fondasi.kit.jobs import JobContext, job
from fondasi.kit.live import changed
from fondasi.kit.storage import Storage, StorageError
from fondasi.platform import Platform

BATCH = 100
MOST_LEFT = 10  # a storage that lets go of none is asked again later
ABANDONED_AFTER = timedelta(hours=24)  # longer than any upload may take

log = structlog.get_logger(__name__)


@job(name="files.purge", cron="*/15 * * * *", timeout=600)
async def purge(context: JobContext[Platform]) -> dict[str, int]:
    """Remove the bytes of files that are over, and of broken uploads. Rows go last, so that nothing is forgotten.

    What the storage does not let go is left for the next time, and stands in nobody's way.
    """
    storage, removed, left = context.platform.get(Storage), 0, list[UUID]()
    await repository.end(context.session, before=clock.now())
    while batch := await repository.removable(
        context.session, abandoned_after=ABANDONED_AFTER, limit=BATCH, except_of=left
    ):
        gone = []
        for stored in batch:
            try:
                for side in stored.thumbnails:
                    await storage.delete(key_of_thumbnail(stored.id, side))
                await storage.delete(key_of(stored.id))
            except StorageError as error:
                log.warning("object_not_removed", key=key_of(stored.id), error=str(error))
                left.append(stored.id)
                if len(left) > MOST_LEFT:
                    raise
            else:
                gone.append(stored.id)
        await repository.forget(context.session, gone)
        removed += len(gone)
        await context.progress(removed)
    return {"removed": removed, "left": len(left)}


@job(name="files.thumbnails", timeout=300)
async def thumbnails(
    context: JobContext[Platform],
    file_id: UUID,
    size: int,
    owner_id: UUID | None = None,
    tenant_id: UUID | None = None,
) -> dict[str, int]:
    """Make the smaller pictures of a picture; the bytes of each."""
    await context.session.act_for(tenant=tenant_id)
    storage, sizes = context.platform.get(Storage), dict[str, int]()
    if not await repository.hold(context.session, file_id):
        return sizes
    try:
        content = storage.read(key_of(file_id), 0, size)
        pictures = await smaller(content, context.platform.settings.file.pixels)
    except NotDecodedError:
        return sizes  # it is kept as it is
    for side, picture in pictures.items():
        sizes[str(side)] = await storage.write(key_of_thumbnail(file_id, side), _once(picture))
    await repository.note_thumbnails(context.session, file_id, sizes)
    changed(context.session, "files", file_id, owner=owner_id)
    return sizes


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
