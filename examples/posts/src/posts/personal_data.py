"""What is kept about who wrote what."""

from sqlalchemy import delete, select

from fondasi.module import PersonalData
from posts.models import Post

PERSONAL_DATA = [
    PersonalData(
        table="post",
        export=lambda user_id: select(Post.id, Post.title, Post.text, Post.created_at).where(
            Post.author_id == user_id
        ),
        erase=lambda user_id: delete(Post).where(Post.author_id == user_id),
    )
]
