"""The rules of posts."""

from uuid import UUID

from fondasi.access import Principal
from fondasi.kit.cache import invalidate
from fondasi.kit.db import Session
from fondasi.kit.http import Condition, NotFound
from fondasi.kit.live import changed
from posts.posts import repository
from posts.posts.events import POST_PUBLISHED
from posts.posts.jobs import count_words
from posts.posts.models import Post
from posts.posts.permissions import MODERATE
from posts.posts.schemas import PostWrite


async def create_post(session: Session, caller: Principal, new: PostWrite) -> Post:
    """Publish a post."""
    made = Post(owner_id=caller.user_id, **new.model_dump())
    session.add(made)
    await session.flush()
    await POST_PUBLISHED.emit(session, post_id=made.id, owner_id=made.owner_id)
    await count_words.enqueue(session, post_id=made.id, enqueued_by=caller.user_id)
    invalidate(session, "posts:*")
    changed(session, "posts", made.id)
    return made


async def read_post(session: Session, post_id: UUID) -> Post:
    """A post.

    Raises:
        NotFound: there is none with that id.
    """
    found = await repository.get_post(session, post_id)
    if found is None:
        raise NotFound("There is no such post.")
    return found


async def replace_post(
    session: Session, caller: Principal, post_id: UUID, new: PostWrite, seen: Condition
) -> Post:
    """Write all of a post anew, if it is what the caller has seen."""
    found = await _writable(session, caller, post_id)
    await seen.check(session, found)
    for field, value in new.model_dump().items():
        setattr(found, field, value)
    await session.flush()
    await count_words.enqueue(session, post_id=found.id, enqueued_by=caller.user_id)
    invalidate(session, "posts:*", "post:{id}", id=found.id)
    changed(session, "posts", found.id)
    return found


async def delete_post(session: Session, caller: Principal, post_id: UUID, seen: Condition) -> None:
    """Delete a post, if it is what the caller has seen."""
    found = await _writable(session, caller, post_id)
    await seen.check(session, found)
    await repository.delete_post(session, found)
    invalidate(session, "posts:*", "post:{id}", id=found.id)
    changed(session, "posts", found.id)


async def _writable(session: Session, caller: Principal, post_id: UUID) -> Post:
    """The caller's own post; a moderator's are all. One that is not theirs is not found."""
    found = await read_post(session, post_id)
    if found.owner_id != caller.user_id and not caller.may(MODERATE):
        raise NotFound("There is no such post.")
    return found
