"""The rules of files: what is taken, how much of it, and who sees and deletes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import IntegrityError

from fondasi.files import repository
from fondasi.files.antivirus import Antivirus, InfectedError, ScanError
from fondasi.files.downloads import Content, etag_of
from fondasi.files.errors import (
    AntivirusUnavailable,
    FileInfected,
    FileInUse,
    FileNotThere,
    FileTooLarge,
    FileTypeRefused,
    LinkEnded,
    PictureInvalid,
    PictureTooLarge,
    QuotaUsedUp,
    StorageUnavailable,
)
from fondasi.files.events import FILE_CREATED, FILE_DELETED
from fondasi.files.jobs import purge, thumbnails
from fondasi.files.links import Links
from fondasi.files.models import File, StoredObject, TenantFile, key_of
from fondasi.files.objects import drop_object
from fondasi.files.pictures import PICTURES, InvalidPictureError, PictureTooLargeError, cleaned
from fondasi.files.schemas import FileRead
from fondasi.files.sniffing import (
    ENDINGS,
    HEAD,
    TEXT,
    clean_name,
    is_text_of_another_encoding,
    media_type_of,
)
from fondasi.files.thumbnails import ENDING, MEDIA_TYPE, SIDES, key_of_thumbnail
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.ids import new_id
from fondasi.kit.live import changed
from fondasi.kit.storage import Storage, StorageError
from fondasi.quotas import storage_limit_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container
    from uuid import UUID

    from fondasi.files.repository import AnyFile
    from fondasi.kit.db import Session
    from fondasi.kit.http import Problem
    from fondasi.platform import Platform

log = structlog.get_logger(__name__)

ROOM = "files"
LONGEST_UPLOAD = timedelta(hours=6)
STORED = Counter("fondasi_files_stored_total", "Files that were uploaded and kept.")
STORED_BYTES = Counter("fondasi_files_stored_bytes_total", "Bytes of those.")
FAILED = Counter(
    "fondasi_files_storage_failures_total", "Times that the storage could not be used.", ["doing"]
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose files somebody works with: their own ones, or those of a tenant.

    Attributes:
        caller_id: who works.
        tenant_id: None for users' own files.
        sees_all: not only the caller's.
        deletes_all: likewise.
    """

    caller_id: UUID
    tenant_id: UUID | None
    sees_all: bool
    deletes_all: bool

    @property
    def seen_owner(self) -> UUID | None:
        """Whose files the caller sees; None: everybody's."""
        return None if self.sees_all else self.caller_id


async def store(
    platform: Platform,
    shelf: Shelf,
    name: str,
    content: AsyncIterator[bytes],
    *,
    only: Container[str] | None = None,
) -> FileRead:
    """Keep what comes as a file. No transaction is open while it comes.

    Args:
        platform: the running platform.
        shelf: whose file it becomes.
        name: as the caller calls it.
        content: its bytes, in pieces.
        only: types that are taken here; None: all of `FILE_TYPES`.

    Raises:
        FileTypeRefused: its content is of a type that is not taken.
        FileTooLarge: it is larger than `FILE_LIMIT`.
        QuotaUsedUp: the caller's files would be too large together.
        PictureInvalid: it begins as a picture does, and is none.
        PictureTooLarge: it has more pixels than `FILE_PIXELS`.
        FileInfected: the antivirus found something in it.
        AntivirusUnavailable: the antivirus does not say.
        StorageUnavailable: it cannot be stored.
    """
    settings = platform.settings.file
    head = await _head(content)
    media_type = media_type_of(head, name)
    taken = [kind for kind in ENDINGS if kind in settings.types and (not only or kind in only)]
    if media_type is None and TEXT in taken and is_text_of_another_encoding(head, name):
        raise FileTypeRefused(None)
    if media_type not in taken:
        raise FileTypeRefused(ENDINGS[kind][0] for kind in taken)
    object_id, room, quota = await _begin(platform, shelf)
    bounded = _bounded(head, content, settings.limit, room, quota)
    if media_type in PICTURES:
        bounded = cleaned(media_type, bounded, settings.pixels)
    scanned = platform.get(Antivirus).passing(bounded)
    clean = clean_name(name, media_type)
    try:
        async with asyncio.timeout(LONGEST_UPLOAD.total_seconds()):
            size = await platform.get(Storage).write(key_of(object_id), scanned)
        fields = {"name": clean, "media_type": media_type, "size": size}
        file = await _keep(platform, shelf, object_id, fields, quota)
    except BaseException as error:
        await asyncio.shield(drop_object(platform.database, platform.get(Storage), object_id))
        if isinstance(error, InfectedError):
            await _record_infected(platform, shelf, clean, str(error))
        if (problem := _problem_of(error, settings.pixels)) is not None:
            raise problem from error
        raise
    STORED.inc()
    STORED_BYTES.inc(size)
    return shown(platform, shelf, file)


async def read_file(session: Session, platform: Platform, shelf: Shelf, file_id: UUID) -> FileRead:
    """A file, with a new link to its content.

    Raises:
        FileNotThere: there is none with that id, or it is not for the caller to see.
    """
    file = await repository.get_file(session, file_id, tenant_id=shelf.tenant_id, owner_id=shelf.seen_owner)
    if file is None:
        raise FileNotThere
    return shown(platform, shelf, file)


async def delete_file(session: Session, shelf: Shelf, file_id: UUID) -> None:
    """Delete a file; its bytes go when the unit of work has committed.

    Raises:
        FileNotThere: there is none with that id, or it is not for the caller to delete.
        FileInUse: something refers to it.
    """
    owner = None if shelf.deletes_all else shelf.caller_id
    file = await repository.get_file(session, file_id, tenant_id=shelf.tenant_id, owner_id=owner)
    if file is None:
        raise FileNotThere
    await session.delete(file)
    try:
        await session.flush()
    except IntegrityError:
        raise FileInUse from None
    await purge.enqueue(session, dedupe_key="deleted")
    await record(session, "files.delete", ROOM, "Deleted a file.", metadata=_about(file))
    await tell_deleted(session, file)


async def tell_deleted(session: Session, file: AnyFile) -> None:
    """Say that a file is gone."""
    await FILE_DELETED.emit(session, **_told(file))
    changed(session, "files", file.id, owner=file.owner_id)


async def find_linked(platform: Platform, text: str) -> Content:
    """The content of a link: a file, or a smaller picture of one.

    Raises:
        LinkEnded: the link was not made here, has ended, or its file is deleted.
    """
    link = platform.get(Links).read(text)
    if link is None:
        raise LinkEnded
    async with platform.database.read_session(fresh=True, stranger=True, tenant=link.tenant_id) as session:
        file = await repository.get_file(
            session, link.file_id, tenant_id=link.tenant_id, kept_until=clock.now()
        )
    if file is None:
        raise LinkEnded
    if not link.side:
        return Content.of(file)
    if not (size := file.stored.thumbnails.get(str(link.side))):
        raise LinkEnded
    name = f"{file.name.rpartition('.')[0]}-{link.side}{ENDING}"
    return Content(key_of_thumbnail(file.id, link.side), name, MEDIA_TYPE, size, etag_of(file.id, link.side))


async def content_of(platform: Platform, key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a file from `start` up to `end`, which is left out. Its beginning was read when this returns.

    Raises:
        StorageUnavailable: they cannot be read.
    """
    pieces = platform.get(Storage).read(key, start, end)
    try:
        first = await anext(pieces, b"")
    except StorageError as error:
        raise _unavailable("read", error) from error
    return _chained(first, pieces)


def shown(platform: Platform, shelf: Shelf, file: AnyFile) -> FileRead:
    """A file as its readers see it."""
    links, made = platform.get(Links), file.stored.thumbnails if "stored" in file.__dict__ else {}
    return FileRead(
        id=file.id,
        owner_id=file.owner_id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        created_at=file.created_at,
        url=links.path(file.id, shelf.tenant_id),
        thumbnails={
            side: links.path(file.id, shelf.tenant_id, int(side)) for side, size in made.items() if size
        },
    )


async def _begin(platform: Platform, shelf: Shelf) -> tuple[UUID, int, int]:
    """Write an object down that is about to be written; its id, the bytes that are left, and the caller's quota."""
    stored = StoredObject(id=new_id(), owner_id=shelf.caller_id)
    async with platform.database.unit_of_work(audited=False) as session:
        quota = await storage_limit_of(session, shelf.caller_id, platform.settings)
        used = await repository.used_by(session, shelf.caller_id)
        if used >= quota:
            raise QuotaUsedUp(quota)
        session.add(stored)
        await session.flush()
    return stored.id, quota - used, quota


async def _keep(
    platform: Platform, shelf: Shelf, object_id: UUID, fields: dict[str, Any], quota: int
) -> AnyFile:
    """Make what was written a file; uploads of one caller take turns here, so that their sum is exact."""
    owned = {"id": object_id, "owner_id": shelf.caller_id, **fields}
    file = File(**owned) if shelf.tenant_id is None else TenantFile(tenant_id=shelf.tenant_id, **owned)
    async with platform.database.unit_of_work(tenant=shelf.tenant_id) as session:
        await repository.lock_owner(session, shelf.caller_id)
        sides = SIDES if fields["media_type"] in PICTURES else ()
        if not await repository.keep(session, object_id, fields["size"], sides):
            raise StorageUnavailable
        if await repository.used_by(session, shelf.caller_id) > quota:
            raise QuotaUsedUp(quota)
        session.add(file)
        await session.flush()
        if sides:
            await thumbnails.enqueue(
                session,
                file_id=object_id,
                size=file.size,
                owner_id=file.owner_id,
                tenant_id=shelf.tenant_id,
            )
        await record(session, "files.upload", ROOM, "Uploaded a file.", metadata=_about(file))
        await FILE_CREATED.emit(session, **_told(file))
        changed(session, "files", file.id, owner=file.owner_id)
    return file


async def _head(content: AsyncIterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD and (piece := await anext(content, None)) is not None:
        head += piece
    return head


async def _bounded(
    head: bytes, content: AsyncIterator[bytes], limit: int, room: int, quota: int
) -> AsyncIterator[bytes]:
    size = 0
    async for piece in _chained(head, content):
        size += len(piece)
        if size > limit:
            raise FileTooLarge(limit)
        if size > room:
            raise QuotaUsedUp(quota)
        yield piece


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _record_infected(platform: Platform, shelf: Shelf, name: str, found: str) -> None:
    about = {"name": name, "found": found, "tenant_id": shelf.tenant_id}
    async with platform.database.unit_of_work(tenant=shelf.tenant_id) as session:
        await record(session, "files.infected", ROOM, "Refused an infected file.", metadata=about)


def _problem_of(error: BaseException, pixels: int) -> Problem | None:
    """What the caller is told; None for what is a problem already, or a fault."""
    match error:
        case StorageError():
            return _unavailable("write", error)
        case InvalidPictureError():
            return PictureInvalid()
        case PictureTooLargeError():
            return PictureTooLarge(pixels)
        case InfectedError():
            return FileInfected()
        case ScanError():
            log.warning("antivirus_unavailable", error=str(error))
            return AntivirusUnavailable()
    return None


def _unavailable(doing: str, error: StorageError) -> StorageUnavailable:
    FAILED.labels(doing).inc()
    log.warning("storage_unavailable", doing=doing, error=str(error))
    return StorageUnavailable()


def _about(file: AnyFile) -> dict[str, Any]:
    return {"file_id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}


def _told(file: AnyFile) -> dict[str, Any]:
    return {"file_id": file.id, "owner_id": file.owner_id, "media_type": file.media_type, "size": file.size}
