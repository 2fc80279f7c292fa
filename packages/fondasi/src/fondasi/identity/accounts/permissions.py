"""What administrators may do with other people's accounts. Everybody sees, edits and deletes their own."""

from fondasi.access import Permission

VIEW, CREATE, EDIT, DELETE = "users.view", "users.create", "users.edit", "users.delete"
PERMISSIONS = [
    Permission(VIEW, "See everybody's account.", default_groups=("admin",)),
    Permission(CREATE, "Make accounts for others, and invite people.", default_groups=("admin",)),
    Permission(EDIT, "Edit everybody's account, and suspend it.", default_groups=("admin",)),
    Permission(DELETE, "Delete everybody's account.", default_groups=("admin",)),
]
