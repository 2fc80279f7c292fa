"""Who may follow changes with an API key. Everybody who is signed in follows what they may read."""

from fondasi.access import Permission

FOLLOW = "changes.follow"
PERMISSIONS = [
    Permission(
        FOLLOW, "Follow, with an API key, the changes of what one may read.", default_groups=("user",)
    ),
]
