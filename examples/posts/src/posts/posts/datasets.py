"""Posts as a file: one's own go out, and come in again."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select

from fondasi.kit.cache import invalidate
from fondasi.kit.datasets import Asked, Batch, Dataset
from fondasi.kit.db import Session
from fondasi.kit.live import changed
from posts.posts.models import Post
from posts.posts.permissions import CREATE


class PostLine(BaseModel):
    """A post of one's own."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=2, max_length=200)
    text: str = Field(min_length=1, max_length=20_000)
    reference: str = Field(min_length=1, max_length=100)


def rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    """One's own posts, the oldest first."""
    columns = select(Post.title, Post.text, Post.reference)
    own = columns.where(Post.owner_id == asked.user_id, Post.deleted_at.is_(None))
    return own.order_by(Post.created_at, Post.id)


async def write(session: Session, batch: Batch[PostLine]) -> None:
    """Publish what is new, and write anew what is there by its reference."""
    references = [row.reference for row in batch.rows]
    query = select(Post).where(Post.owner_id == batch.user_id, Post.reference.in_(references))
    known = {post.reference: post for post in await session.scalars(query)}
    for row in batch.rows:
        post = known.get(row.reference)
        if post is None:
            words = len(row.text.split())
            session.add(Post(owner_id=batch.user_id, word_count=words, **row.model_dump()))
            batch.created += 1
        elif post.deleted_at is not None:
            batch.refuse(row, "This post is deleted.", "reference")
        else:
            post.title, post.text, post.word_count = row.title, row.text, len(row.text.split())
            batch.updated += 1
    invalidate(session, "posts:*", "post:*")
    changed(session, "posts")


POSTS = Dataset(
    "posts", PostLine, rows=rows, may_export=CREATE, write=write, may_import=CREATE, key="reference"
)
