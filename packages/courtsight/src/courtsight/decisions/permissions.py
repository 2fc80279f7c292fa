"""Who may see the corpus as a table, in the admin panel. Searching and reading it is open to everybody."""

from fondasi.access import Permission

VIEW = "decisions.view"
PERMISSIONS = [Permission(VIEW, "See the decisions in the admin panel.", default_groups=("admin",))]
