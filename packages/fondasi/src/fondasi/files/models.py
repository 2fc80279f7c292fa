"""Tables: files of users, files of tenants, and what of either lies in the storage.

An object is written down before its bytes are, and its row goes after they are gone, so that nothing lies in the
storage that no row knows. A trigger marks an object when its file's row goes, whatever deletes that.
"""

from __future__ import annotations

import re
from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fondasi.kit.db import Base, Entity, TenantScoped, tenant_reference


class ObjectState(StrEnum):
    """Whether an object is being written, belongs to a file, or is to be removed."""

    WRITING = "writing"
    KEPT = "kept"
    GONE = "gone"


class StoredObject(Entity):
    """Something in the storage; a file with the same id says what it is.

    Attributes:
        owner_id: whose quota it counts against.
        size: bytes.
        thumbnails: of a picture, the bytes of each smaller one by its longest side in pixels; 0 until it is there.
        expires_at: of what the service made for somebody, when it ends; None: somebody uploaded it.
    """

    __tablename__ = "stored_object"
    __table_args__ = (
        CheckConstraint("state IN ('writing', 'kept', 'gone')", name="state"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_stored_object_unkept", "updated_at", postgresql_where=text("state <> 'kept'")),
        Index("ix_stored_object_owner_id", "owner_id", postgresql_include=["size"]),
        Index("ix_stored_object_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default=ObjectState.WRITING)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    thumbnails: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    expires_at: Mapped[datetime | None]


class File(Entity):
    """A file of a user. Refer to it by a foreign key, and it cannot be deleted while it is referred to.

    One with `owner_id` before the id refers to files of the same user alone.

    Attributes:
        name: as its owner called it, without folders; its ending fits its type.
        media_type: what its content is, whatever the caller said.
        size: bytes.
    """

    __tablename__ = "file"
    __table_args__ = (
        UniqueConstraint("owner_id", "id"),
        Index("ix_file_owner_id", "owner_id", "created_at"),
        Index("ix_file_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("stored_object.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[StoredObject] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class TenantFile(TenantScoped):
    """A file of a tenant; the attributes are those of `File`.

    Attributes:
        owner_id: the member who uploaded it; null when they left.
    """

    __tablename__ = "tenant_file"
    __table_args__ = (
        tenant_reference("owner_id", "membership", referred="user_id", ondelete="SET NULL (owner_id)"),
        Index("ix_tenant_file_owner_id", "tenant_id", "owner_id"),
        Index("ix_tenant_file_id", "id"),
        Index("ix_tenant_file_created_at", "tenant_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("stored_object.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[StoredObject] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class ProfilePicture(Base):
    """The file that somebody's profile shows, which cannot be deleted as long."""

    __tablename__ = "profile_picture"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("file.id"), index=True)


FILE_KEY = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})(?:-\d+)?(?:\.part)?")  # a file's, or a smaller picture's


def key_of(object_id: UUID) -> str:
    """Where an object lies in the storage; the last digits of an id spread, its first are a time."""
    return f"{object_id.hex[-2:]}/{object_id.hex}"
