"""Who may start, see, cancel and retry jobs. Everybody sees and cancels their own."""

from fondasi.access import Permission

CREATE, VIEW, CANCEL, RETRY = "tasks.create", "tasks.view", "tasks.cancel", "tasks.retry"
PERMISSIONS = [
    Permission(CREATE, "Start the demonstration job.", default_groups=("user",)),
    Permission(VIEW, "See everybody's jobs and those of the platform.", default_groups=("admin",)),
    Permission(CANCEL, "Cancel everybody's jobs and those of the platform.", default_groups=("admin",)),
    Permission(RETRY, "Queue jobs again that failed or were cancelled.", default_groups=("admin",)),
]
