"""Routes of notes: by path, and by header. Queries stand beside them, for the room is small."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fondasi.dependencies import TenantReadSession, TenantUnitOfWork
from fondasi.kit.http import Conflict, InvalidInput, NotFound, Router
from fondasi.kit.live import changed
from fondasi.tenancy import (
    Member,
    Role,
    TenantPermission,
    in_tenant_path,
    member_of_tenant,
    require_in_tenant,
)
from tenant_notes.models import Note, NoteTag, Tag

TENANT_PERMISSIONS = [
    TenantPermission("view_notes", "See notes.", Role.MEMBER),
    TenantPermission("edit_notes", "Write notes.", Role.ADMIN),
]
inside = Router(prefix="/tenants/{tenant_id}", tags=["notes"], dependencies=[in_tenant_path])
by_header = Router(prefix="/notes", tags=["notes"])
Reader = Annotated[Member, require_in_tenant("view_notes")]
Writer = Annotated[Member, require_in_tenant("edit_notes")]


class NoteWrite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=100)
    author_id: UUID | None = None
    tag_ids: list[UUID] = []


class NoteRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    author_id: UUID | None


class TagWrite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)


async def find_note(session, member: Member, note_id: UUID) -> Note:
    query = select(Note).where(Note.of_tenant(member.tenant_id), Note.id == note_id)
    note = (await session.scalars(query)).first()
    if note is None:
        raise NotFound("There is no such note.")
    return note


async def write(session, member: Member, note: Note, new: NoteWrite) -> NoteRead:
    note.title, note.author_id = new.title, new.author_id
    session.add(note)
    try:
        await session.flush()
        session.add_all(
            NoteTag(tenant_id=member.tenant_id, note_id=note.id, tag_id=tag_id) for tag_id in new.tag_ids
        )
        await session.flush()
    except IntegrityError as error:
        for name in ("tag_id", "author_id"):
            if f"{name}_" in str(error.orig):
                raise InvalidInput.of(f"body.{name}", "there is none with that id") from None
        raise Conflict("A note with that title exists.") from None
    changed(session, "notes", note.id)
    return NoteRead.model_validate(note)


@inside.get("/notes", operation_id="list_notes")
async def list_notes(
    member: Reader, session: TenantReadSession, tag_id: Annotated[UUID | None, Query()] = None
) -> list[NoteRead]:
    query = select(Note).where(Note.of_tenant(member.tenant_id)).order_by(Note.title)
    if tag_id is not None:
        query = query.join(NoteTag, (NoteTag.note_id == Note.id) & (NoteTag.tag_id == tag_id))
    return [NoteRead.model_validate(note) for note in await session.scalars(query)]


@inside.post("/notes", operation_id="create_note", status_code=201)
async def create_note(new: NoteWrite, member: Writer, session: TenantUnitOfWork) -> NoteRead:
    return await write(session, member, Note(tenant_id=member.tenant_id), new)


@inside.get("/notes/{note_id}", operation_id="read_note")
async def read_note(note_id: UUID, member: Reader, session: TenantReadSession) -> NoteRead:
    return NoteRead.model_validate(await find_note(session, member, note_id))


@inside.put("/notes/{note_id}", operation_id="write_note")
async def write_note(note_id: UUID, new: NoteWrite, member: Writer, session: TenantUnitOfWork) -> NoteRead:
    return await write(session, member, await find_note(session, member, note_id), new)


@inside.delete("/notes/{note_id}", operation_id="delete_note", status_code=204)
async def delete_note(note_id: UUID, member: Writer, session: TenantUnitOfWork) -> None:
    await session.delete(await find_note(session, member, note_id))


@inside.post("/tags", operation_id="create_tag", status_code=201)
async def create_tag(new: TagWrite, member: Writer, session: TenantUnitOfWork) -> dict[str, UUID]:
    tag = Tag(tenant_id=member.tenant_id, name=new.name)
    session.add(tag)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("A tag with that name exists.") from None
    return {"id": tag.id}


@by_header.get("", operation_id="list_own_notes", dependencies=[member_of_tenant])
async def list_by_header(session: TenantReadSession) -> list[NoteRead]:
    """No filter of its own: row-level security is all there is."""
    return [
        NoteRead.model_validate(note) for note in await session.scalars(select(Note).order_by(Note.title))
    ]


@by_header.get("/{note_id}", operation_id="read_own_note")
async def read_by_header(note_id: UUID, member: Reader, session: TenantReadSession) -> NoteRead:
    return NoteRead.model_validate(await find_note(session, member, note_id))
