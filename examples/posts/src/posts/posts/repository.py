"""Queries for posts."""

from uuid import UUID

from sqlalchemy import select, update

from fondasi.kit import clock
from fondasi.kit.db import Session
from posts.posts.models import Post


async def get_post(session: Session, post_id: UUID) -> Post | None:
    """A post, unless it is deleted."""
    query = select(Post).where(Post.id == post_id, Post.deleted_at.is_(None))
    return (await session.scalars(query)).first()


async def set_word_count(session: Session, found: Post, count: int) -> None:
    """Note how many words a post has. No edit of anybody: past the ORM, so that it counts no version."""
    await session.execute(update(Post).where(Post.id == found.id).values(word_count=count))


async def delete_post(session: Session, found: Post) -> None:
    """Mark a post as deleted."""
    found.deleted_at = clock.now()
    await session.flush()
