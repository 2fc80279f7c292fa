"""Tables: notes, tags, and which note has which."""

from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.identity import User
from fondasi.kit.db import Base, TenantOwned, TenantScoped, tenant_reference, tenant_unique
from fondasi.tenancy.models import Membership, Tenant

OWN = MetaData(naming_convention=Base.metadata.naming_convention)
for known in (User, Tenant, Membership):
    known.__table__.to_metadata(OWN)


class Note(TenantScoped):
    """A note of a member."""

    __tablename__ = "note"
    __table_args__ = (
        tenant_unique("title"),
        tenant_reference("author_id", "membership", referred="user_id", ondelete="SET NULL (author_id)"),
    )
    metadata = OWN

    title: Mapped[str]
    author_id: Mapped[UUID | None]


class Tag(TenantScoped):
    """A tag."""

    __tablename__ = "tag"
    __table_args__ = (tenant_unique("name"),)
    metadata = OWN

    name: Mapped[str]


class NoteTag(TenantOwned):
    """A note has a tag."""

    __tablename__ = "note_tag"
    __table_args__ = (tenant_reference("note_id", "note"), tenant_reference("tag_id", "tag"))
    metadata = OWN

    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
