"""What administrators may do with other people's accounts. Everybody sees, edits and deletes his own."""

from fondasi.access import Permission

VIEW, CREATE, EDIT, DELETE = "users.view", "users.create", "users.edit", "users.delete"
PERMISSIONS = [
    Permission(VIEW, "See everybody's account."),
    Permission(CREATE, "Make accounts for others, and invite people."),
    Permission(EDIT, "Edit everybody's account, and suspend it."),
    Permission(DELETE, "Delete everybody's account."),
]
