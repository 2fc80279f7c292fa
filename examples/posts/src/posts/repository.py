"""Queries for posts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fondasi.kit import clock
from fondasi.kit.db import Session
from posts.models import Post


async def list_posts(
    session: Session, *, offset: int, limit: int, order: list[Any]
) -> tuple[Sequence[Post], int]:
    """A page of posts, and how many there are."""
    alive = Post.deleted_at.is_(None)
    rows = await session.scalars(
        select(Post).where(alive).order_by(*order, Post.id).offset(offset).limit(limit)
    )
    total = await session.scalar(select(func.count()).select_from(Post).where(alive))
    return rows.all(), total or 0


async def get_post(session: Session, post_id: UUID) -> Post | None:
    """A post, unless it is deleted."""
    return (await session.scalars(select(Post).where(Post.id == post_id, Post.deleted_at.is_(None)))).first()


async def delete_post(session: Session, post: Post) -> None:
    """Mark a post as deleted."""
    post.deleted_at = clock.now()
    await session.flush()
