"""Who may write and moderate."""

from fondasi.access import Permission

CREATE, MODERATE = "posts.create", "posts.moderate"
PERMISSIONS = [
    Permission(CREATE, "Publish posts and delete one's own.", default_groups=("user",)),
    Permission(MODERATE, "Delete anybody's posts.", default_groups=("moderator", "admin")),
]
