"""What is told of posts."""

from uuid import UUID

from pydantic import BaseModel

from fondasi.kit.events import Event


class PostTold(BaseModel):
    """Which post, and whose it is."""

    post_id: UUID
    owner_id: UUID


POST_PUBLISHED = Event("post.published", "A post was published.", PostTold)
EVENTS = [POST_PUBLISHED]
