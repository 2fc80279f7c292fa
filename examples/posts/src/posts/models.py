"""The table of posts."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, SoftDelete, Versioned
from fondasi.kit.ids import new_id


class Post(Entity, Versioned, SoftDelete):
    """A text that a user published.

    Attributes:
        reference: what an import knows it by.
    """

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("author_id", "reference"),)

    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    word_count: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default=lambda: str(new_id()))
