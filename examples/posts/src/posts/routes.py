"""Routes of posts."""

from typing import Annotated, Any
from uuid import UUID

from fondasi.access import Principal, public, require
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit.cache import cached
from fondasi.kit.http import NotFound, Page, PageParams, Router, body_size, page_of, raises, sort_by
from posts import repository, service
from posts.models import Post
from posts.permissions import CREATE
from posts.schemas import PostCreate, PostRead

router = Router(prefix="/posts", tags=["posts"])
Order = Annotated[list[Any], sort_by("-created_at", created_at=Post.created_at, title=Post.title)]


@router.get(
    "",
    operation_id="list_posts",
    response_model=Page[PostRead],
    dependencies=[public, cached("posts:page_{page}", shared=True)],
)
async def list_posts(page: PageParams, order: Order, session: ReadSession) -> dict[str, Any]:
    """All posts, newest first."""
    rows, total = await repository.list_posts(
        session, offset=page.offset, limit=page.items_per_page, order=order
    )
    return page_of(rows, total, page)


@router.post(
    "",
    operation_id="create_post",
    status_code=201,
    response_model=PostRead,
    dependencies=[body_size(256 * 1024)],  # 50,000 characters of any script
)
async def create_post(
    new: PostCreate, author: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> Post:
    """Publish a post."""
    return await service.create_post(session, author, new)


@router.get(
    "/{post_id}",
    operation_id="read_post",
    response_model=PostRead,
    dependencies=[public, raises(NotFound), cached("post:{post_id}", shared=True)],
)
async def read_post(post_id: UUID, session: ReadSession) -> Post:
    """One post."""
    return await service.read_post(session, post_id)


@router.delete("/{post_id}", operation_id="delete_post", status_code=204, dependencies=[raises(NotFound)])
async def delete_post(
    post_id: UUID, caller: Annotated[Principal, require(CREATE)], session: UnitOfWork
) -> None:
    """Delete one's own post."""
    await service.delete_post(session, caller, post_id)
