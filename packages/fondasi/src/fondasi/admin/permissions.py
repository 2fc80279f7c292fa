"""Who may enter the admin panel. What they see and do there takes the permissions that the API asks for."""

from fondasi.access import Permission

ENTER = "admin.view"
PERMISSIONS = [Permission(ENTER, "Enter the admin panel.", default_groups=("admin",))]
