"""The rules of posts."""

from uuid import UUID

from fondasi.access import Principal
from fondasi.kit.cache import invalidate
from fondasi.kit.db import Session
from fondasi.kit.http import Condition, NotFound
from fondasi.kit.live import changed
from posts import repository
from posts.events import POST_PUBLISHED
from posts.jobs import count_words
from posts.models import Post
from posts.permissions import MODERATE
from posts.schemas import PostWrite


async def create_post(session: Session, author: Principal, new: PostWrite) -> Post:
    """Publish a post; its words are counted by a job that lives and dies with this transaction."""
    post = Post(author_id=author.user_id, **new.model_dump())
    session.add(post)
    await session.flush()
    await POST_PUBLISHED.emit(session, post_id=post.id, author_id=post.author_id)
    await count_words.enqueue(session, post_id=post.id)
    invalidate(session, "posts:*")
    changed(session, "posts", post.id)
    return post


async def read_post(session: Session, post_id: UUID) -> Post:
    """A post.

    Raises:
        NotFound: there is none with that id.
    """
    post = await repository.get_post(session, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def replace_post(
    session: Session, caller: Principal, post_id: UUID, new: PostWrite, seen: Condition
) -> Post:
    """Write the caller's own post anew, if it is what they have seen; a moderator writes any."""
    post = await _writable(session, caller, post_id)
    await seen.check(session, post)
    post.title, post.text = new.title, new.text
    await session.flush()
    await count_words.enqueue(session, post_id=post.id)
    invalidate(session, "posts:*", "post:{id}", id=post.id)
    changed(session, "posts", post.id)
    return post


async def delete_post(session: Session, caller: Principal, post_id: UUID, seen: Condition) -> None:
    """Delete the caller's own post, if it is what they have seen; a moderator deletes any."""
    post = await _writable(session, caller, post_id)
    await seen.check(session, post)
    await repository.delete_post(session, post)
    invalidate(session, "posts:*", "post:{id}", id=post.id)
    changed(session, "posts", post.id)


async def _writable(session: Session, caller: Principal, post_id: UUID) -> Post:
    """A post that the caller may change. A foreign one is not found."""
    post = await read_post(session, post_id)
    if post.author_id != caller.user_id and not caller.may(MODERATE):
        raise NotFound("There is no such post.")
    return post
