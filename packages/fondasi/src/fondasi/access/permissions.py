"""Who may see and change who may do what."""

from fondasi.access.registry import Permission

VIEW_PERMISSIONS, GRANT, MANAGE = "permissions.view", "permissions.grant", "permissions.manage"
VIEW_GROUPS, CREATE, EDIT, DELETE, ASSIGN = (
    "groups.view",
    "groups.create",
    "groups.edit",
    "groups.delete",
    "groups.assign",
)
PROFILE_VIEW, PROFILE_EDIT = "profile.view", "profile.edit"
_ADMIN, _USER = ("admin",), ("user",)
PERMISSIONS = [
    Permission(PROFILE_VIEW, "Let API keys see one's own account, settings and rights.", _USER),
    Permission(PROFILE_EDIT, "Let API keys change one's own profile and settings.", _USER),
    Permission(VIEW_PERMISSIONS, "See all permissions, and who holds them.", _ADMIN),
    Permission(GRANT, "Grant permissions that one holds to groups and to users.", _ADMIN),
    Permission(MANAGE, "Make, describe and delete permissions of the installation's own."),
    Permission(VIEW_GROUPS, "See groups and who is in them.", _ADMIN),
    Permission(CREATE, "Create groups.", _ADMIN),
    Permission(EDIT, "Rename and describe groups.", _ADMIN),
    Permission(DELETE, "Delete groups.", _ADMIN),
    Permission(ASSIGN, "Put users into groups and take them out.", _ADMIN),
]
