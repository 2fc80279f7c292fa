"""Posts: an application on Fondasi."""

from fondasi.kit.i18n import noted
from fondasi.module import Module, Ui
from posts import posts

module = Module(
    name="posts",
    migrations="posts.migrations",
    ui=Ui(title="Posts", meaning=noted("What people write for everybody.")),
    package="posts",
    rooms=[
        posts.room,
    ],
)
