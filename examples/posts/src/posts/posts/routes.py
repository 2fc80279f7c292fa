"""Routes of posts."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.responses import RedirectResponse

from fondasi.access import Principal, public, require
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.files import FileNotThere, lead_to
from fondasi.kit.cache import cached
from fondasi.kit.http import (
    Conflict,
    IfMatch,
    Listing,
    NotFound,
    Router,
    Wanted,
    body_size,
    raises,
    versioned,
)
from fondasi.kit.jobs import TooManyJobs
from posts.posts import service
from posts.posts.models import Post
from posts.posts.permissions import CREATE
from posts.posts.schemas import PostRead, PostWrite

router = Router(prefix="/posts", tags=["posts"])
Editor = Annotated[Principal, require(CREATE)]
POSTS = Listing(
    Post,
    PostRead,
    sort="-created_at",
    sortable=["created_at", "updated_at", "title"],
    filters=["picture_id"],
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
    dependencies=[versioned, raises(Conflict, TooManyJobs), body_size(119 * 1024)],
)
async def create_post(new: PostWrite, editor: Editor, session: UnitOfWork) -> Post:
    """Publish a post."""
    return await service.create_post(session, editor, new)


@router.get(
    "/{post_id}",
    operation_id="read_post",
    response_model=PostRead,
    dependencies=[public, versioned, raises(NotFound), cached("post:{post_id}", shared=True)],
)
async def read_post(post_id: UUID, session: ReadSession) -> Post:
    """One post."""
    return await service.read_post(session, post_id)


@router.put(
    "/{post_id}",
    operation_id="replace_post",
    response_model=PostRead,
    dependencies=[versioned, raises(NotFound, Conflict, TooManyJobs), body_size(119 * 1024)],
)
async def replace_post(
    post_id: UUID, new: PostWrite, editor: Editor, seen: IfMatch, session: UnitOfWork
) -> Post:
    """Write all of one's own post anew: what is left out is emptied."""
    return await service.replace_post(session, editor, post_id, new, seen)


@router.delete(
    "/{post_id}", operation_id="delete_post", status_code=204, dependencies=[versioned, raises(NotFound)]
)
async def delete_post(post_id: UUID, editor: Editor, seen: IfMatch, session: UnitOfWork) -> None:
    """Delete one's own post."""
    await service.delete_post(session, editor, post_id, seen)


@router.get(
    "/{post_id}/picture",
    operation_id="read_post_picture",
    status_code=307,
    response_class=RedirectResponse,
    dependencies=[public, raises(NotFound, FileNotThere)],
)
async def read_post_picture(
    post_id: UUID, session: ReadSession, platform: CurrentPlatform
) -> RedirectResponse:
    """Its picture: leads to the content."""
    found = await service.read_post(session, post_id)
    return lead_to(platform, found.picture_id)
