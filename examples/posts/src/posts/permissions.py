"""Who may write and moderate."""

from fondasi.access import Permission

CREATE, MODERATE = "posts.create", "posts.moderate"
PERMISSIONS = [
    Permission(CREATE, "Publish posts and delete one's own.", everyone=True),
    Permission(MODERATE, "Delete anybody's posts."),
]
