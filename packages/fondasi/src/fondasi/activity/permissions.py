"""Who may see and prove the trail, and who may add to it. Everybody sees their own."""

from fondasi.access import Permission

VIEW, CREATE = "activity.view", "activity.create"
PERMISSIONS = [
    Permission(VIEW, "See everybody's activity, its statistics, and whether the trail is whole."),
    Permission(CREATE, "Add entries of a client to the activity."),
]
