"""Queries for posts."""

from uuid import UUID

from sqlalchemy import select

from fondasi.kit import clock
from fondasi.kit.db import Session
from posts.models import Post


async def get_post(session: Session, post_id: UUID) -> Post | None:
    """A post, unless it is deleted."""
    return (await session.scalars(select(Post).where(Post.id == post_id, Post.deleted_at.is_(None)))).first()


async def delete_post(session: Session, post: Post) -> None:
    """Mark a post as deleted."""
    post.deleted_at = clock.now()
    await session.flush()
