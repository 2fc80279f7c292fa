"""Write the golden files again (`make golden`), for review.

permissions.txt and admin.txt: who may call which route of the platform. posts.diff: what was written by hand into the
files of `examples/posts` that the commands of the scaffold made.
"""

import difflib
from pathlib import Path
from tempfile import TemporaryDirectory

from fondasi.access import PermissionRegistry, matrix_of
from fondasi.app import routes_of
from fondasi.runtime import platform_modules
from fondasi.scaffold import find_application
from fondasi.scaffold.applications import with_room
from fondasi.scaffold.apps import app_files
from fondasi.scaffold.more import wish_of
from fondasi.scaffold.names import Name
from fondasi.scaffold.record import digests, read_record
from fondasi.scaffold.resources import resource_files
from fondasi.tenancy import TenantPermissions

FILE = Path(__file__).with_name("permissions.txt")
ADMIN_FILE = Path(__file__).with_name("admin.txt")
POSTS_FILE = Path(__file__).with_name("posts.diff")
POSTS = Path(__file__).parents[4] / "examples" / "posts"
OF_THE_REPOSITORY = {".github/workflows/ci.yml", ".gitignore"}


def table(*, admin: bool = False) -> str:
    """The table of the platform's own rooms, or that of the admin panel's pages."""
    modules = platform_modules()
    registry = PermissionRegistry(item for module in modules for item in module.permissions)
    inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)
    routes = routes_of(modules, "/api/v1", admin=admin)
    own = [route for route in routes if getattr(route, "path", "").startswith("/admin") == admin]
    return matrix_of(own, registry, inside.by_role)


def made() -> dict[str, str]:
    """What the commands make of `examples/posts`, by path; without its revisions."""
    there = find_application(POSTS)
    with TemporaryDirectory() as folder:
        root = Path(folder) / "posts"
        files = app_files(Name("posts"), Path(folder), read_record(POSTS)["app"]["fondasi"])
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        bare = find_application(root)
        files |= resource_files(bare, wish_of(there, "post"))
        files[bare.module] = with_room(bare, "posts")
    return {path: files[path] for path in digests(files) if path not in OF_THE_REPOSITORY}


def by_hand() -> str:
    """What was changed in them."""
    return "".join(
        line
        for path, text in sorted(made().items())
        for line in difflib.unified_diff(
            text.splitlines(keepends=True),
            (POSTS / path).read_text().splitlines(keepends=True),
            path,
            path,
            n=1,
        )
    )


if __name__ == "__main__":
    POSTS_FILE.write_text(by_hand())
    FILE.write_text(table())
    ADMIN_FILE.write_text(table(admin=True))
