"""Answers and values that are kept for a while, and forgotten when what they were made from changes.

@router.get("/{username}/posts", dependencies=[public, cached("{username}_posts:page_{page}", shared=True)])

@cached_function("{username}_count")
async def count_posts(session: Session, username: str) -> int: ...

invalidate(session, "{username}_posts:*", username=author.username)  # takes effect when the unit of work commits
"""

from fondasi.kit.cache.cache import Cache, open_cache
from fondasi.kit.cache.functions import cached_function
from fondasi.kit.cache.invalidation import Invalidations, invalidate, invalidate_everything
from fondasi.kit.cache.routes import cached, client_cache

__all__ = [
    "Cache",
    "Invalidations",
    "cached",
    "cached_function",
    "client_cache",
    "invalidate",
    "invalidate_everything",
    "open_cache",
]
