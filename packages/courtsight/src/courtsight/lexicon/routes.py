"""Routes of the lexicon."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from courtsight.lexicon import service
from courtsight.lexicon.errors import EntryExists, EntryNotFound
from courtsight.lexicon.models import LexiconEntry
from courtsight.lexicon.permissions import EDIT, VIEW
from courtsight.lexicon.schemas import EntryCreate, EntryRead, EntryUpdate
from fondasi.access import require
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit.http import Listing, Router, Wanted, raises

router = Router(prefix="/legal-search/lexicon", tags=["legal-search"])
ENTRIES = Listing(
    LexiconEntry,
    EntryRead,
    sort="term",
    sortable=["term", "kind", "created_at"],
    search=["term"],
    filters=["kind", "language"],
)


@router.get("", operation_id="list_lexicon_entries", dependencies=[require(VIEW)], **ENTRIES.answers)
async def list_lexicon_entries(wanted: Annotated[Wanted, ENTRIES.wanted], session: ReadSession) -> Response:
    """The lexicon, by term."""
    return await wanted.answer(session)


@router.post(
    "",
    operation_id="create_lexicon_entry",
    status_code=201,
    response_model=EntryRead,
    dependencies=[require(EDIT), raises(EntryExists)],
)
async def create_lexicon_entry(new: EntryCreate, session: UnitOfWork) -> LexiconEntry:
    """Say what is searched beside a term, or that a word says nothing. The next search knows it."""
    return await service.create_entry(session, new)


@router.get(
    "/{entry_id}",
    operation_id="read_lexicon_entry",
    response_model=EntryRead,
    dependencies=[require(VIEW), raises(EntryNotFound)],
)
async def read_lexicon_entry(entry_id: UUID, session: ReadSession) -> LexiconEntry:
    """An entry of the lexicon."""
    return await service.read_entry(session, entry_id)


@router.patch(
    "/{entry_id}",
    operation_id="update_lexicon_entry",
    response_model=EntryRead,
    dependencies=[require(EDIT), raises(EntryNotFound)],
)
async def update_lexicon_entry(entry_id: UUID, change: EntryUpdate, session: UnitOfWork) -> LexiconEntry:
    """Change what is searched beside a term."""
    return await service.update_entry(session, entry_id, change)


@router.delete(
    "/{entry_id}",
    operation_id="delete_lexicon_entry",
    status_code=204,
    dependencies=[require(EDIT), raises(EntryNotFound)],
)
async def delete_lexicon_entry(entry_id: UUID, session: UnitOfWork) -> None:
    """Remove an entry of the lexicon."""
    await service.delete_entry(session, entry_id)
