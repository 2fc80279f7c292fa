"""The lexicon in the admin panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtsight.lexicon import service
from courtsight.lexicon.models import KINDS, LexiconEntry
from courtsight.lexicon.permissions import EDIT, VIEW
from courtsight.lexicon.schemas import EntryCreate, EntryUpdate
from fondasi.admin_views import AdminView, AdminWrite

if TYPE_CHECKING:
    from fondasi.admin_views import Act


async def _create(act: Act, _: None, new: EntryCreate) -> Any:
    return await service.create_entry(act.session, new)


async def _edit(act: Act, entry: LexiconEntry, changes: EntryUpdate) -> None:
    await service.update_entry(act.session, entry.id, changes)


async def _delete(act: Act, entry: LexiconEntry, _: None) -> None:
    await service.delete_entry(act.session, entry.id)


lexicon_view = AdminView(
    model=LexiconEntry,
    path="lexicon",
    name="Lexicon entry",
    plural="Lexicon",
    icon="fa-solid fa-book",
    permission=VIEW,
    columns=("term", "alternatives", "kind", "language", "both_ways"),
    details=(
        *("id", "term", "alternatives", "kind", "language", "both_ways", "weight", "source"),
        *("created_at", "updated_at"),
    ),
    search=("term", "source"),
    filters={"kind": KINDS, "language": ("id", "en")},
    order="term",
    label="term",
    create=AdminWrite(EDIT, _create, EntryCreate),
    edit=AdminWrite(EDIT, _edit, EntryUpdate),
    delete=AdminWrite(EDIT, _delete),
)
