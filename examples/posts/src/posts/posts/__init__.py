"""Posts that everybody may read."""

from fondasi.kit.live import SIGNED_IN, Changes
from fondasi.module import Room
from posts.posts.datasets import POSTS
from posts.posts.events import EVENTS
from posts.posts.jobs import count_words
from posts.posts.pages import PAGES
from posts.posts.permissions import PERMISSIONS
from posts.posts.personal_data import PERSONAL_DATA
from posts.posts.routes import router

room = Room(
    routers=[router],
    permissions=PERMISSIONS,
    personal_data=PERSONAL_DATA,
    jobs=[count_words],
    events=EVENTS,
    datasets=[POSTS],
    pages=[PAGES],
    changes=[Changes("posts", permission=SIGNED_IN)],
    tags={"posts": "Posts that everybody may read."},
    vocabulary={"post_id": "Id of the post."},
)
