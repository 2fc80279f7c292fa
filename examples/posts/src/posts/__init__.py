"""Posts: the smallest application on Fondasi. docs/first-application.md walks through it."""

from fondasi.kit.live import SIGNED_IN, Changes
from fondasi.module import Module
from posts.datasets import POSTS
from posts.events import EVENTS
from posts.jobs import count_words
from posts.permissions import PERMISSIONS
from posts.personal_data import PERSONAL_DATA
from posts.routes import router

module = Module(
    name="posts",
    routers=[router],
    permissions=PERMISSIONS,
    jobs=[count_words],
    changes=[Changes("posts", permission=SIGNED_IN)],
    datasets=[POSTS],
    events=EVENTS,
    migrations="posts.migrations",
    personal_data=PERSONAL_DATA,
    tags={"posts": "Short texts that everybody may read."},
    vocabulary={"post_id": "Id of the post.", "author_id": "Id of the user who wrote it."},
)
