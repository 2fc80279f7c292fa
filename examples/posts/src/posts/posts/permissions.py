"""Who may do what with posts."""

from fondasi.access import Permission

CREATE, MODERATE = "posts.create", "posts.moderate"
PERMISSIONS = [
    Permission(CREATE, "Publish posts, change and delete one's own.", default_groups=("user",)),
    Permission(MODERATE, "Change and delete anybody's posts.", default_groups=("moderator", "admin")),
]
