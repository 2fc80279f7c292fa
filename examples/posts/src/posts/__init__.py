"""Posts: an application on Fondasi."""

from fondasi.module import Module
from posts import posts

module = Module(
    name="posts",
    migrations="posts.migrations",
    package="posts",
    rooms=[
        posts.room,
    ],
)
