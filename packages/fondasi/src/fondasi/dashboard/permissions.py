"""Who may see the statistics."""

from fondasi.access import Permission

VIEW = "dashboard.view"
PERMISSIONS = [Permission(VIEW, "See statistics of all accounts, and who signed in.", ("admin",))]
