"""What the table of posts keeps about people."""

from sqlalchemy import delete, select

from fondasi.module import PersonalData
from posts.posts.models import Post

_EXPORTED = (
    Post.id,
    Post.title,
    Post.text,
    Post.picture_id,
    Post.created_at,
)

PERSONAL_DATA = [
    PersonalData(
        table="post",
        export=lambda user_id: select(*_EXPORTED).where(Post.owner_id == user_id),
        erase=lambda user_id: delete(Post).where(Post.owner_id == user_id),
    )
]
