"""Routes of files: those of users, those of tenants, and the content behind a signed link."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse

from fondasi.access import Principal, authenticated_or_key, public, require
from fondasi.dependencies import (
    CurrentPlatform,
    ReadSession,
    TenantReadSession,
    TenantUnitOfWork,
    UnitOfWork,
)
from fondasi.files import fetching, profile, repository, service
from fondasi.files.downloads import Content, headers_of, range_of
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
    RangeNotThere,
    StorageUnavailable,
    TooManyUploads,
)
from fondasi.files.links import LENGTH
from fondasi.files.models import File, TenantFile
from fondasi.files.permissions import CREATE_INSIDE, DELETE, DELETE_INSIDE, UPLOAD, VIEW, VIEW_INSIDE
from fondasi.files.schemas import CONTENT, UPLOAD_BODY, FileFetch, FileRead
from fondasi.files.service import Shelf
from fondasi.files.uploads import Uploads
from fondasi.kit.http import Listing, Router, TooLarge, Wanted, body_size, raises
from fondasi.kit.http.multipart import FormFile
from fondasi.settings import MOST_FILE_BYTES
from fondasi.tenancy import Member, in_tenant_path, require_in_tenant

router = Router(prefix="/files", tags=["files"])
downloads = Router(prefix="/files/download", tags=["files"])
pictures = Router(prefix="/settings/profile-picture", tags=["files"])
inside = Router(prefix="/tenants/{tenant_id}/files", tags=["files"], dependencies=[in_tenant_path])
Caller = Annotated[Principal, authenticated_or_key(UPLOAD)]
Reader = Annotated[Member, require_in_tenant(VIEW_INSIDE)]
Writer = Annotated[Member, require_in_tenant(CREATE_INSIDE)]
STREAMED = body_size(MOST_FILE_BYTES + 1024 * 1024)  # FILE_LIMIT counts the file as it comes
KEEPING = (
    FileTypeRefused,
    FileTooLarge,
    QuotaUsedUp,
    PictureInvalid,
    PictureTooLarge,
    FileInfected,
    StorageUnavailable,
    AntivirusUnavailable,
    TooManyUploads,
)
UPLOADS, FETCHES = raises(*KEEPING, TooLarge), raises(*KEEPING)
LinkText = Annotated[
    str,
    Path(min_length=LENGTH, max_length=LENGTH, description="The end of a file's `url`."),
]


ASKED: dict[str, Any] = {
    "sort": "-created_at",
    "sortable": ["created_at", "name", "size"],
    "filters": ["media_type", "owner_id"],
    "ranges": ["created_at", "size"],
    "search": ["name"],
}
FILES, TENANT_FILES = Listing(File, FileRead, **ASKED), Listing(TenantFile, FileRead, **ASKED)


@downloads.get(
    "/{link}",
    operation_id="read_file_content",
    response_class=Response,
    responses=CONTENT,
    dependencies=[public, raises(LinkEnded, RangeNotThere, StorageUnavailable)],
)
async def read_file_content(link: LinkText, request: Request, platform: CurrentPlatform) -> StreamingResponse:
    """The content of a file, for whoever has a link to it. Takes `Range`."""
    return await answer_with(platform, request, await service.find_linked(platform, link))


@router.post(
    "",
    operation_id="create_file",
    status_code=201,
    response_model=FileRead,
    openapi_extra=UPLOAD_BODY,
    dependencies=[STREAMED, UPLOADS],
)
async def create_file(
    request: Request, caller: Annotated[Principal, require(UPLOAD)], platform: CurrentPlatform
) -> FileRead:
    """Upload a file."""
    return await _upload(request, platform, _own(caller))


@router.post("/by-url", operation_id="create_file_by_url", status_code=201, dependencies=[FETCHES])
async def create_file_by_url(
    wanted: FileFetch, caller: Annotated[Principal, require(UPLOAD)], platform: CurrentPlatform
) -> FileRead:
    """Fetch a file from a public address, with the checks of an upload."""
    return await fetching.fetch(platform, _own(caller), wanted.url, wanted.name)


@router.get("", operation_id="list_files", **FILES.answers)
async def list_files(
    wanted: Annotated[Wanted, FILES.wanted], caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> Response:
    """The caller's files, newest first; everybody's for those who may see them."""
    return await _listed(wanted, session, platform, _own(caller))


@router.get("/{file_id}", operation_id="read_file", dependencies=[raises(FileNotThere)])
async def read_file(
    file_id: UUID, caller: Caller, platform: CurrentPlatform, session: ReadSession
) -> FileRead:
    """A file, with a new link to its content."""
    return await service.read_file(session, platform, _own(caller), file_id)


@router.delete(
    "/{file_id}",
    operation_id="delete_file",
    status_code=204,
    dependencies=[raises(FileNotThere, FileInUse)],
)
async def delete_file(file_id: UUID, caller: Caller, session: UnitOfWork) -> None:
    """Delete a file. Its links end at once."""
    await service.delete_file(session, _own(caller), file_id)


@inside.post(
    "",
    operation_id="create_tenant_file",
    status_code=201,
    response_model=FileRead,
    openapi_extra=UPLOAD_BODY,
    dependencies=[STREAMED, UPLOADS],
)
async def create_tenant_file(request: Request, member: Writer, platform: CurrentPlatform) -> FileRead:
    """Upload a file for the tenant. It counts against the quota of who uploads it."""
    return await _upload(request, platform, _of_tenant(member))


@inside.post("/by-url", operation_id="create_tenant_file_by_url", status_code=201, dependencies=[FETCHES])
async def create_tenant_file_by_url(wanted: FileFetch, member: Writer, platform: CurrentPlatform) -> FileRead:
    """Fetch a file for the tenant from a public address."""
    return await fetching.fetch(platform, _of_tenant(member), wanted.url, wanted.name)


@inside.get("", operation_id="list_tenant_files", **TENANT_FILES.answers)
async def list_tenant_files(
    wanted: Annotated[Wanted, TENANT_FILES.wanted],
    member: Reader,
    platform: CurrentPlatform,
    session: TenantReadSession,
) -> Response:
    """The tenant's files, newest first."""
    return await _listed(wanted, session, platform, _of_tenant(member))


@inside.get("/{file_id}", operation_id="read_tenant_file", dependencies=[raises(FileNotThere)])
async def read_tenant_file(
    file_id: UUID, member: Reader, platform: CurrentPlatform, session: TenantReadSession
) -> FileRead:
    """A file of the tenant, with a new link to its content."""
    return await service.read_file(session, platform, _of_tenant(member), file_id)


@inside.delete(
    "/{file_id}",
    operation_id="delete_tenant_file",
    status_code=204,
    dependencies=[raises(FileNotThere, FileInUse)],
)
async def delete_tenant_file(file_id: UUID, member: Writer, session: TenantUnitOfWork) -> None:
    """Delete a file of the tenant: one's own, or any for those who may."""
    await service.delete_file(session, _of_tenant(member), file_id)


@pictures.put(
    "",
    operation_id="replace_own_picture",
    response_model=FileRead,
    openapi_extra=UPLOAD_BODY,
    dependencies=[STREAMED, UPLOADS],
)
async def replace_own_picture(
    request: Request, caller: Annotated[Principal, require(UPLOAD)], platform: CurrentPlatform
) -> FileRead:
    """Upload a picture for one's profile. It is a file of one's own; the one before is deleted."""
    async with _form(request, platform, caller.user_id) as form:
        return await profile.replace_picture(platform, caller.user_id, form.name, form.content())


@pictures.delete("", operation_id="delete_own_picture", status_code=204)
async def delete_own_picture(caller: Caller, session: UnitOfWork) -> None:
    """Show no picture in one's profile. One that was uploaded is deleted."""
    await profile.remove_picture(session, caller.user_id)


async def answer_with(platform: CurrentPlatform, request: Request, found: Content) -> StreamingResponse:
    """The answer with a content, or with the part of it that `Range` asks for.

    Raises:
        RangeNotThere: it is shorter.
        StorageUnavailable: it cannot be read.
    """
    part = range_of(request.headers, found.etag, found.size)
    content = await service.content_of(platform, found.key, *(part or (0, found.size)))
    return StreamingResponse(
        content,
        status_code=200 if part is None else 206,
        media_type=found.media_type,
        headers=headers_of(found.name, found.etag, found.size, part),
    )


def _own(caller: Principal) -> Shelf:
    return Shelf(caller.user_id, None, sees_all=caller.may(VIEW), deletes_all=caller.may(DELETE))


def _of_tenant(member: Member) -> Shelf:
    return Shelf(member.user_id, member.tenant_id, sees_all=True, deletes_all=member.may(DELETE_INSIDE))


async def _upload(request: Request, platform: CurrentPlatform, shelf: Shelf) -> FileRead:
    async with _form(request, platform, shelf.caller_id) as form:
        return await service.store(platform, shelf, form.name, form.content())


@asynccontextmanager
async def _form(request: Request, platform: CurrentPlatform, caller_id: UUID) -> AsyncIterator[FormFile]:
    """The file of a form, which counts among the caller's uploads until the block ends."""
    form = FormFile(request)
    await form.begin()
    with platform.get(Uploads).one_of(caller_id):
        yield form


async def _listed(wanted: Wanted, session: ReadSession, platform: CurrentPlatform, shelf: Shelf) -> Response:
    seen = repository.seen(shelf.tenant_id, shelf.seen_owner)
    return await wanted.answer(session, *seen, shape=partial(service.shown, platform, shelf))
