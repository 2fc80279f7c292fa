"""Who may see and end the sessions of others. Everybody sees and ends their own."""

from fondasi.access import Permission

VIEW, REVOKE = "sessions.view", "sessions.revoke"
PERMISSIONS = [
    Permission(VIEW, "See where everybody is signed in.", default_groups=("admin",)),
    Permission(REVOKE, "Sign others out.", default_groups=("admin",)),
]
