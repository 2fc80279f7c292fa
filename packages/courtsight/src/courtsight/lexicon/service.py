"""The rules of the lexicon: one entry for each kind and term, and an ignored word has no alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from courtsight.lexicon.errors import EntryExists, EntryNotFound
from courtsight.lexicon.models import LexiconEntry
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from uuid import UUID

    from courtsight.lexicon.schemas import EntryCreate, EntryUpdate
    from fondasi.kit.db import Session


async def read_entry(session: Session, entry_id: UUID) -> LexiconEntry:
    """An entry.

    Raises:
        EntryNotFound: there is no such entry.
    """
    entry = await session.get(LexiconEntry, entry_id)
    if entry is None:
        raise EntryNotFound
    return entry


async def create_entry(session: Session, new: EntryCreate) -> LexiconEntry:
    """Add an entry; the next search knows it.

    Raises:
        EntryExists: there is one of that kind for the term.
    """
    entry = LexiconEntry(**new.model_dump())
    session.add(entry)
    try:
        await session.flush()
    except IntegrityError:
        raise EntryExists from None
    return entry


async def update_entry(session: Session, entry_id: UUID, change: EntryUpdate) -> LexiconEntry:
    """Change an entry.

    Raises:
        EntryNotFound: there is no such entry.
        InvalidInput: it would have no alternatives, or an ignored word some.
    """
    entry = await read_entry(session, entry_id)
    for name, value in change.model_dump(exclude_unset=True).items():
        if value is not None:
            setattr(entry, name, value)
    if (entry.kind == "ignored") == bool(entry.alternatives):
        raise InvalidInput.of("body.alternatives", t("name alternatives; an ignored word has none"))
    await session.flush()
    return entry


async def delete_entry(session: Session, entry_id: UUID) -> None:
    """Remove an entry.

    Raises:
        EntryNotFound: there is no such entry.
    """
    await session.delete(await read_entry(session, entry_id))
