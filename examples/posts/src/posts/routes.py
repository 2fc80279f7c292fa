"""Routes of posts."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from fondasi.access import Principal, public, require
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit.cache import cached
from fondasi.kit.http import IfMatch, Listing, NotFound, Router, Wanted, body_size, raises, versioned
from posts import service
from posts.models import Post
from posts.permissions import CREATE
from posts.schemas import PostRead, PostWrite

router = Router(prefix="/posts", tags=["posts"])
LONG = body_size(256 * 1024)  # 50,000 characters of any script
POSTS = Listing(
    Post,
    PostRead,
    sort="-created_at",
    sortable=["created_at", "title"],
    filters=["author_id"],
    ranges=["created_at"],
    search=["title", "text"],
)


@router.get(
    "",
    operation_id="list_posts",
    dependencies=[public, cached("posts:page_{page}", shared=True)],
    **POSTS.answers,
)
async def list_posts(wanted: Annotated[Wanted, POSTS.wanted], session: ReadSession) -> Response:
    """All posts, newest first."""
    return await wanted.answer(session, Post.deleted_at.is_(None))


@router.post(
    "",
    operation_id="create_post",
    status_code=201,
    response_model=PostRead,
    dependencies=[versioned, LONG],
)
async def create_post(
    new: PostWrite, author: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> Post:
    """Publish a post."""
    return await service.create_post(session, author, new)


@router.get(
    "/{post_id}",
    operation_id="read_post",
    response_model=PostRead,
    dependencies=[public, raises(NotFound), versioned, cached("post:{post_id}", shared=True)],
)
async def read_post(post_id: UUID, session: ReadSession) -> Post:
    """One post."""
    return await service.read_post(session, post_id)


@router.put(
    "/{post_id}",
    operation_id="replace_post",
    response_model=PostRead,
    dependencies=[versioned, LONG, raises(NotFound)],
)
async def replace_post(
    post_id: UUID,
    new: PostWrite,
    caller: Annotated[Principal, require(CREATE)],
    seen: IfMatch,
    session: UnitOfWork,
) -> Post:
    """Write one's own post anew."""
    return await service.replace_post(session, caller, post_id, new, seen)


@router.delete(
    "/{post_id}",
    operation_id="delete_post",
    status_code=204,
    dependencies=[versioned, raises(NotFound)],
)
async def delete_post(
    post_id: UUID, caller: Annotated[Principal, require(CREATE)], seen: IfMatch, session: UnitOfWork
) -> None:
    """Delete one's own post."""
    await service.delete_post(session, caller, post_id, seen)
