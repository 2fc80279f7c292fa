"""Posts in the web UI: their list, their form, and the page of one."""

from fondasi.kit.i18n import noted
from fondasi.pages import Pages
from posts.posts.permissions import CREATE, MODERATE
from posts.posts.routes import POSTS
from posts.posts.schemas import PostWrite

PAGES = Pages(
    POSTS,
    PostWrite,
    path="/posts",
    title=noted("Posts"),
    new=noted("New post"),
    name="title",
    columns=["title", "word_count", "created_at"],
    form=["title", "text", "picture_id"],
    details=["title", "text", "picture_id", "word_count", "created_at", "updated_at"],
    labels={
        "title": noted("Title"),
        "text": noted("Text"),
        "picture_id": noted("Picture"),
        "word_count": noted("Words"),
    },
    files=["picture_id"],
    edit=CREATE,
    moderate=MODERATE,
)
