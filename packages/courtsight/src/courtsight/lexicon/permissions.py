"""Who may see and change the lexicon."""

from fondasi.access import Permission

VIEW = "lexicon.view"
EDIT = "lexicon.edit"
PERMISSIONS = [
    Permission(VIEW, "See the lexicon of the search.", default_groups=("admin",)),
    Permission(EDIT, "Change the lexicon of the search.", default_groups=("admin",)),
]
