"""Notes as a file."""

from pydantic import BaseModel, Field
from sqlalchemy import select

from fondasi.kit.datasets import Dataset
from tenant_notes.models import Note


class NoteLine(BaseModel):
    title: str = Field(min_length=1, max_length=100)


async def write(session, batch):
    titles = [row.title for row in batch.rows]
    query = select(Note.title).where(Note.of_tenant(batch.tenant_id), Note.title.in_(titles))
    known = set(await session.scalars(query))
    session.add_all(
        Note(tenant_id=batch.tenant_id, title=title, author_id=None) for title in titles if title not in known
    )
    batch.created, batch.updated = len(titles) - len(known), len(known)


NOTES = Dataset(
    "notes",
    NoteLine,
    rows=lambda asked: select(Note.title).where(Note.of_tenant(asked.tenant_id)).order_by(Note.title),
    may_export="view_notes",
    write=write,
    may_import="edit_notes",
    key="title",
    in_tenant=True,
)
