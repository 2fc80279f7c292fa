"""The table of posts."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, SoftDelete, Versioned


class Post(Entity, Versioned, SoftDelete):
    """A text that a user published."""

    __tablename__ = "post"

    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    word_count: Mapped[int | None]
