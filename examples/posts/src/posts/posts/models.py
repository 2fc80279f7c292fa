"""The table of posts."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, SoftDelete, Versioned
from fondasi.kit.ids import new_id


class Post(Entity, Versioned, SoftDelete):
    """A post that everybody may read.

    Attributes:
        reference: what an import knows it by.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("owner_id", "id"),
        UniqueConstraint("owner_id", "reference"),
        ForeignKeyConstraint(["owner_id", "picture_id"], ["file.owner_id", "file.id"]),
        Index("ix_post_picture_id", "owner_id", "picture_id"),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    title: Mapped[str]
    text: Mapped[str]
    picture_id: Mapped[UUID | None]
    word_count: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default=lambda: str(new_id()))
