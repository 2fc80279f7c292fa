"""Who may upload, see and delete files. Everybody sees and deletes their own."""

from fondasi.access import Permission
from fondasi.tenancy import Role, TenantPermission

UPLOAD, VIEW, DELETE = "files.upload", "files.view", "files.delete"
PERMISSIONS = [
    Permission(UPLOAD, "Upload files, and use one's own.", default_groups=("user",)),
    Permission(VIEW, "See the files of all users.", default_groups=("admin",)),
    Permission(DELETE, "Delete the files of all users.", default_groups=("admin", "moderator")),
]

VIEW_INSIDE, CREATE_INSIDE, DELETE_INSIDE = "view_files", "create_files", "delete_files"
TENANT_PERMISSIONS = [
    TenantPermission(VIEW_INSIDE, "See the tenant's files.", Role.MEMBER),
    TenantPermission(CREATE_INSIDE, "Upload files, and delete one's own.", Role.MEMBER),
    TenantPermission(DELETE_INSIDE, "Delete everybody's files.", Role.ADMIN),
]
