"""Background work of posts."""

from uuid import UUID

from fondasi.kit.cache import invalidate
from fondasi.kit.jobs import JobContext, job
from fondasi.kit.live import changed
from fondasi.platform import Platform
from posts import repository


@job(name="posts.count_words", retries=3)
async def count_words(context: JobContext[Platform], post_id: UUID) -> None:
    """Count the words of a post. A post deleted meanwhile needs no count."""
    post = await repository.get_post(context.session, post_id)
    if post is not None:
        await repository.set_word_count(context.session, post, len(post.text.split()))
        invalidate(context.session, "posts:*", "post:{id}", id=post.id)
        changed(context.session, "posts", post.id)
