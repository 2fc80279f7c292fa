"""Background work of posts."""

from uuid import UUID

from prometheus_client import Counter

from fondasi.kit.cache import invalidate
from fondasi.kit.jobs import JobContext, job
from fondasi.kit.live import changed
from fondasi.platform import Platform
from posts.posts import repository

COUNTED = Counter("posts_words_counted_total", "Words of posts that were counted.")
STEP = 1000  # words, after which the progress is told


@job(name="posts.count_words", retries=3)
async def count_words(context: JobContext[Platform], post_id: UUID) -> None:
    """Count the words of a post. One that is gone meanwhile needs none."""
    found = await repository.get_post(context.session, post_id)
    if found is not None:
        words = found.text.split()
        for done in range(0, len(words), STEP):
            await context.progress(done, len(words))
        await repository.set_word_count(context.session, found, len(words))
        invalidate(context.session, "posts:*", "post:{id}", id=found.id)
        changed(context.session, "posts", found.id)
        COUNTED.inc(len(words))
