"""Who may start, see and cancel jobs. Everybody sees and cancels their own."""

from fondasi.access import Permission

CREATE, VIEW, CANCEL = "tasks.create", "tasks.view", "tasks.cancel"
PERMISSIONS = [
    Permission(CREATE, "Start the demonstration job.", default_groups=("user",)),
    Permission(VIEW, "See everybody's jobs and those of the platform.", default_groups=("admin",)),
    Permission(CANCEL, "Cancel everybody's jobs and those of the platform.", default_groups=("admin",)),
]
